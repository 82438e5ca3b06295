import { testOutages } from "./outages.mjs";

testOutages("vite-react");
