import { testOutages } from "./outages.mjs";

testOutages("nextjs-app");
