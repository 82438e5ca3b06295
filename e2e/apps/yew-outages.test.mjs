import { testOutages } from "./outages.mjs";

testOutages("yew", { together: true });
