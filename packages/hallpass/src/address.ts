// Where hallpass answers: a path of the page's own site. Servers have an address, and `server/address.ts`.
import { DEFAULT_BASE_PATH } from "./wire.js";

/** Whether this runs in a page. */
export const inPage = typeof window !== "undefined";

let path = DEFAULT_BASE_PATH;

/**
 * The application's choice, with one slash at its start and none at its end. What a browser would read as another site
 * is a path of this one, since passwords are sent there: it takes either slash for one, and skips blanks.
 */
export function choose(basePath: string | undefined): void {
  if (basePath) path = ("/" + String(basePath)).replace(/^[\s/\\]+/, "/").replace(/\/+$/, "");
}

/** What stands before `/session`, `/csrf` and the rest. */
export const base = (): string => path;
