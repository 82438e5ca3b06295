import { testExpiry } from "./expiry.mjs";

testExpiry("yew");
