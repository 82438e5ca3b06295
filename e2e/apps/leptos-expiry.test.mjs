import { testExpiry } from "./expiry.mjs";

testExpiry("leptos");
