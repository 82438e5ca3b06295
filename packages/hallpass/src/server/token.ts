// The claims of a request's session token, read without asking anybody.
import { AUTHJS_SESSION_COOKIE, SECURE_AUTHJS_SESSION_COOKIE, SECURE_SESSION_COOKIE, SESSION_COOKIE } from "../wire.js";
import type { JWT } from "../shapes.js";
import { isSecure } from "./address.js";
import { open } from "./compact.js";
import { variable } from "./environment.js";
import { SetupError } from "./fault.js";
import { request, type RequestContext, type RequestLike } from "./request.js";
import { find } from "./token-cookie.js";

/** What `getToken` takes. */
export interface GetTokenOptions extends Pick<RequestContext, "ctx"> {
  /** The request: its `Cookie` and `Authorization` headers, or the cookies that a framework has read. */
  req?: RequestLike | undefined;
  /**
   * The secret, or several of them while one is being replaced. Default: `HALLPASS_SECRETS` (separated by commas),
   * else `HALLPASS_SECRET`, `NEXTAUTH_SECRET` or `AUTH_SECRET`.
   */
  secret?: string | readonly string[] | undefined;
  /**
   * The cookie's name, or several: the first that the request brings counts. Default: hallpass's own, the one for https
   * or for http as the public URL says (`HALLPASS_URL`, `NEXTAUTH_URL`, `AUTH_URL`), and either where no URL is set.
   * With `wire = "v5"` it has to be named (`"authjs.session-token"`, on https with `__Secure-` before it): with another
   * wire such a cookie is a leftover of Auth.js, which a sign-out does not clear.
   */
  cookieName?: string | readonly string[] | undefined;
  /** Whether the cookie's name is the one for https. Counts more than the URL. */
  secureCookie?: boolean | undefined;
  /** Gives the token as it came, unopened. */
  raw?: boolean | undefined;
  /** What an Auth.js 5 token was salted with, where that is not the name of a session cookie. */
  salt?: string | undefined;
}

const ANY_SESSION = [SECURE_SESSION_COOKIE, SESSION_COOKIE, SECURE_AUTHJS_SESSION_COOKIE, AUTHJS_SESSION_COOKIE];

const several = (given: string | readonly string[]): readonly string[] => (typeof given === "string" ? [given] : given);

function names({ cookieName, secureCookie = isSecure() }: GetTokenOptions): readonly string[] {
  if (cookieName) return several(cookieName);
  if (secureCookie === undefined) return [SECURE_SESSION_COOKIE, SESSION_COOKIE];
  return [secureCookie ? SECURE_SESSION_COOKIE : SESSION_COOKIE];
}

function secrets(given: GetTokenOptions["secret"]): readonly string[] {
  const listed = variable("HALLPASS_SECRETS")?.split(",").map((secret) => secret.trim());
  const single = variable("HALLPASS_SECRET") ?? variable("NEXTAUTH_SECRET") ?? variable("AUTH_SECRET");
  const found = several(given ?? listed ?? single ?? []).filter((secret) => secret !== "");
  if (found.length > 0) return found;
  throw new SetupError(
    "getToken() needs the secret that hallpass seals cookies with: set HALLPASS_SECRET for this process too (a " +
      "HALLPASS_SECRET_FILE is not read here), or NEXTAUTH_SECRET or AUTH_SECRET, or call it with `secret`.",
  );
}

const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/**
 * Whether claims are those of a session at this moment. Without a subject they are not: next-auth has sealed other
 * things with the same key, such as the verifier of a sign-in that has not happened yet. `iat` has to be there but may
 * lie ahead, as for hallpass itself: the clock of the machine that wrote it may be a moment before this one's.
 */
function holds({ sub, exp, iat, nbf }: Record<string, unknown>, now: number): boolean {
  const begun = nbf === undefined || (isTime(nbf) && nbf <= now);
  return typeof sub === "string" && sub !== "" && isTime(iat) && isTime(exp) && now < exp && begun;
}

/**
 * The claims of a request's session token; `null` if there is none, or none that holds.
 *
 * Opens the tokens of hallpass and next-auth 4 (`dir`, `A256GCM`), of next-auth 3 (signed with `HS512`, or that
 * encrypted with `jwt.encryption`) and of Auth.js 5 (`dir`, `A256CBC-HS512`), whichever cookie they are in. Cookies in
 * pieces are put together, and `Authorization: Bearer` is read where there is no cookie. A token that is expired, not
 * yet valid, altered, too large, or sealed with another secret is `null`, and nothing of it is logged. `exp` has no
 * tolerance.
 *
 * A token is opened, not looked up: one that was signed out a moment ago still opens, until it expires. Where that
 * matters ask the server with {@link getSession}. With `session.strategy = "database"` there is nothing to open.
 *
 * ```ts
 * const token = await getToken({ req });
 * if (!token) return new Response(null, { status: 401 });
 * ```
 *
 * @throws SetupError if there is no secret, no request, or no WebCrypto.
 */
export function getToken(options: GetTokenOptions & { raw: true }): Promise<string | null>;
export function getToken(options: GetTokenOptions & { raw?: false | undefined }): Promise<JWT | null>;
export function getToken(options: GetTokenOptions): Promise<JWT | string | null>;
export async function getToken(options: GetTokenOptions): Promise<JWT | string | null> {
  const req = options?.req || options?.ctx?.req ? request(options) : undefined;
  if (!req) throw new SetupError("getToken() needs the request: call it with { req }.");
  const tried = options.raw ? [] : secrets(options.secret);
  const found = find(req, names(options));
  if (!found || options.raw) return found?.token ?? null;
  const usual = new Set([found.cookie ?? SESSION_COOKIE, ...ANY_SESSION]);
  const salts = options.salt === undefined ? [...usual] : [options.salt];
  const claims = await open(found.token, { secrets: tried, salts });
  return claims && holds(claims, Date.now() / 1000) ? claims : null;
}
