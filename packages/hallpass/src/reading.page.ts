// Reading in a page. `reading.ts` is the same for wherever it is not sure that this is a page.
export { getCsrfToken, getSession } from "./store.js";
export { getProviders } from "./signing.js";
