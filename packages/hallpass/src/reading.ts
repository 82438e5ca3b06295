// Reading in a page and on a server: there the request's cookie is handed on, and nothing else of it.
import { inPage } from "./address.js";
import { fetchSession, getCsrfToken as csrfToken, getSession as session } from "./store.js";
import type { GetSessionParams, RequestContext, Session } from "./shapes.js";

function cookieOf(params: RequestContext | null | undefined): RequestInit | undefined {
  const headers = (params?.req || params?.ctx?.req)?.headers as Headers & { cookie?: string };
  const cookie = headers && (headers.cookie || headers.get?.("cookie"));
  return cookie ? { headers: { cookie } } : undefined;
}

/**
 * The session, read anew; `null` if nobody is signed in. In a page all tabs and all components learn of it, and if the
 * server cannot be asked it is the last one known. On a server pass `{ req }` or the context that has it.
 */
export const getSession = (params?: GetSessionParams | null): Promise<Session | null> =>
  inPage ? session() : fetchSession(cookieOf(params) || {});

/** The token that forms have to send; `null` if the server could not be asked. On a server pass `{ req }`. */
export const getCsrfToken = (params?: RequestContext | null): Promise<string | null> => csrfToken(inPage ? undefined : cookieOf(params));
