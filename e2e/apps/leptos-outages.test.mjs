import { testOutages } from "./outages.mjs";

testOutages("leptos", { together: true });
