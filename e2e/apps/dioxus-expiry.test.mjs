import { testExpiry } from "./expiry.mjs";

testExpiry("dioxus");
