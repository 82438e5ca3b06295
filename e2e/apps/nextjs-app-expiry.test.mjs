import { testExpiry } from "./expiry.mjs";

testExpiry("nextjs-app");
