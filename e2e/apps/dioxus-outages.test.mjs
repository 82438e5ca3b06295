import { testOutages } from "./outages.mjs";

testOutages("dioxus", { together: true });
