// The token against forgery, for forms that a server renders.
import { AUTHJS_CSRF_COOKIE, CSRF_COOKIE, Path, SECURE_AUTHJS_CSRF_COOKIE, SECURE_CSRF_COOKIE } from "../wire.js";
import { report, AskError } from "./fault.js";
import { ask, asked, orNull, unexpected, type AskOptions } from "./question.js";
import { caller, type From } from "./request.js";
import { hand, sets } from "./set-cookies.js";

/** A token, and the cookies that it is worth nothing without; or why there is none. */
export type CsrfAnswer =
  | { csrfToken: string; setCookies: string[] }
  | { csrfToken: null; setCookies: string[]; error: AskError };

const COOKIES = [CSRF_COOKIE, SECURE_CSRF_COOKIE, AUTHJS_CSRF_COOKIE, SECURE_AUTHJS_CSRF_COOKIE];

async function read(from: From | PromiseLike<From>, options: AskOptions): Promise<CsrfAnswer & { handed: boolean }> {
  try {
    const { cookie, res = options.res } = await caller(from);
    const answer = await ask(Path.Csrf, cookie, options);
    const csrfToken = (answer.data as { csrfToken?: unknown } | null)?.csrfToken;
    if (typeof csrfToken !== "string" || !csrfToken) throw unexpected(Path.Csrf, answer);
    hand(answer.setCookies, res);
    return { csrfToken, setCookies: answer.setCookies, handed: !!res };
  } catch (error) {
    return { csrfToken: null, setCookies: [], error: asked(error), handed: false };
  }
}

/**
 * The token against forgery that belongs to a request's browser, with the cookies that its first visit sets. Without
 * those in the browser the form will be refused; a response that is handed in (`{ req, res }`) has them already.
 */
export async function readCsrfToken(from: From | PromiseLike<From>, options: AskOptions = {}): Promise<CsrfAnswer> {
  const { handed: _, ...answer } = await read(from, options);
  return answer;
}

/**
 * The token against forgery that belongs to a request's browser, for a hidden field `csrfToken`; `null` if the server
 * cannot be asked, as {@link getSession} does.
 *
 * Call it with `{ req, res }` or the context of `getServerSideProps`: a first visit sets a cookie that the token is
 * worth nothing without. If there is no `res` to set it on the log says so; {@link readCsrfToken} hands it out.
 */
export async function getCsrfToken(from: From | PromiseLike<From>, options: AskOptions = {}): Promise<string | null> {
  const answer = await read(from, options);
  if (answer.csrfToken === null) return orNull(answer.error, options.onError);
  if (!answer.handed && sets(answer.setCookies, COOKIES)) {
    const message =
      "getCsrfToken() got a token for a browser that has no cookie for it, and no response to set that cookie on: a " +
      "form with this token is refused. Call it with { req, res }, or hand on the setCookies of readCsrfToken().";
    report(new AskError("request", message));
  }
  return answer.csrfToken;
}
