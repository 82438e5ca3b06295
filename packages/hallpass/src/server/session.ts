// Who is signed in, asked of hallpass with the cookie of a request.
import { Path } from "../wire.js";
import type { Session } from "../shapes.js";
import type { AskError } from "./fault.js";
import { ask, asked, orNull, unexpected, type AskOptions } from "./question.js";
import { caller, type From } from "./request.js";
import { hand } from "./set-cookies.js";

/** What is known after asking: somebody, nobody, or nothing. */
export type SessionAnswer =
  | { status: "authenticated"; session: Session; setCookies: string[] }
  | { status: "unauthenticated"; session: null; setCookies: string[] }
  | { status: "unknown"; session: null; setCookies: string[]; error: AskError };

const isNobody = (data: unknown): boolean =>
  !data || (typeof data === "object" && Object.keys(data).length === 0);

const isSession = (data: unknown): data is Session =>
  typeof data === "object" && data !== null && !Array.isArray(data) && typeof (data as Session).expires === "string";

/**
 * Reads the session of a request and tells "nobody" from "could not ask". Never rejects for the server's sake, and
 * writes nothing to the log. `setCookies` are to reach the browser, so that a session in use is prolonged; a response
 * that is handed in (`{ req, res }`) has them already.
 *
 * A request without any cookie is nobody's; the server is not asked.
 *
 * ```ts
 * const { status, session, setCookies } = await readSession(request);
 * if (status === "unknown") return new Response("Come back in a minute.", { status: 503 });
 * const response = Response.json(session);
 * for (const line of setCookies) response.headers.append("set-cookie", line);
 * ```
 */
export async function readSession(from: From | PromiseLike<From>, options: AskOptions = {}): Promise<SessionAnswer> {
  try {
    const { cookie, res } = await caller(from);
    if (!cookie) return { status: "unauthenticated", session: null, setCookies: [] };
    const answer = await ask(Path.Session, cookie, options);
    const { data, setCookies } = answer;
    if (!isNobody(data) && !isSession(data)) throw unexpected(Path.Session, answer);
    hand(setCookies, res ?? options.res);
    if (!isSession(data)) return { status: "unauthenticated", session: null, setCookies };
    return { status: "authenticated", session: data, setCookies };
  } catch (error) {
    return { status: "unknown", session: null, setCookies: [], error: asked(error) };
  }
}

/**
 * The session of a request, or `null` if nobody is signed in.
 *
 * Takes `{ req }`, the context of `getServerSideProps` or of `App.getInitialProps`, a `Request`, or
 * `{ headers: await headers() }`. Only the cookie is sent on: never the request's method, body or other headers. The
 * cookies of the answer are set on `res` where there is one, beside those it sets already.
 *
 * If the server cannot be asked this gives `null` too, after one line in the log that says what was asked, what came
 * back and what to look at; `{ onError: "throw" }` rejects instead, and {@link readSession} tells the two apart.
 *
 * ```ts
 * export async function getServerSideProps(context) {
 *   return { props: { session: await getSession(context) } };
 * }
 * ```
 */
export async function getSession(from: From | PromiseLike<From>, options: AskOptions = {}): Promise<Session | null> {
  const answer = await readSession(from, options);
  return answer.status === "unknown" ? orNull(answer.error, options.onError) : answer.session;
}
