// Reading in a page or on a server, whichever this is. Bundlers that build for pages take `reading.page.ts` instead
// (package.json, "imports"), so that a page does not load what only servers need.
import { inPage } from "./address.js";
import * as page from "./reading.page.js";
import { getCsrfToken as csrfToken } from "./server/csrf.js";
import { getProviders as providers } from "./server/providers.js";
import { getSession as session } from "./server/session.js";
import type { From, RequestContext } from "./server/request.js";
import type { GetSessionParams, Providers, Session } from "./shapes.js";

/**
 * The session, read anew; `null` if nobody is signed in. In a page all tabs and all components learn of it, and if the
 * server cannot be asked it is the last one known. On a server pass `{ req }` or the context that has it.
 */
export const getSession = (params?: GetSessionParams | null): Promise<Session | null> =>
  inPage ? page.getSession() : session((params || {}) as From);

/** The token that forms have to send; `null` if the server could not be asked. On a server pass `{ req }`. */
export const getCsrfToken = (params?: RequestContext | null): Promise<string | null> =>
  inPage ? page.getCsrfToken() : csrfToken(params || {});

/** The ways to sign in, by their id; `null` if the server could not be asked. */
export const getProviders = (): Promise<Providers | null> => (inPage ? page.getProviders() : providers());
