import { testExpiry } from "./expiry.mjs";

testExpiry("vite-react");
