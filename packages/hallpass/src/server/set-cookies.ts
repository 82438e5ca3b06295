// The cookies that an answer sets, on their way to the browser.
import * as wire from "../wire.js";
import type { ResponseLike } from "./request.js";

/** The session token's cookies; they may be followed by `.0`, `.1`, … */
const SESSIONS: string[] = [
  wire.SECURE_SESSION_COOKIE,
  wire.SESSION_COOKIE,
  wire.SECURE_AUTHJS_SESSION_COOKIE,
  wire.AUTHJS_SESSION_COOKIE,
];

const OTHERS: string[] = [
  wire.SECURE_CSRF_COOKIE,
  wire.CSRF_COOKIE,
  wire.SECURE_AUTHJS_CSRF_COOKIE,
  wire.AUTHJS_CSRF_COOKIE,
  wire.SECURE_CALLBACK_URL_COOKIE,
  wire.CALLBACK_URL_COOKIE,
  wire.SECURE_AUTHJS_CALLBACK_URL_COOKIE,
  wire.AUTHJS_CALLBACK_URL_COOKIE,
];

const nameOf = (line: string): string => line.slice(0, line.search(/[=;]|$/)).trim();

/** The value a cookie belongs to: `name.3` is a piece of `name`. */
const whole = (name: string): string => {
  const stem = name.replace(/\.(0|[1-9]\d?)$/, "");
  return SESSIONS.includes(stem) ? stem : name;
};

const isOurs = (line: string): boolean => {
  const stem = whole(nameOf(line));
  return (SESSIONS.includes(stem) || OTHERS.includes(stem)) && /^[\x20-\x7e]+$/.test(line);
};

/** Runtimes without `getSetCookie` give all of them in one line; a comma before `name=` parts two. */
const lines = (headers: Headers): string[] =>
  headers.getSetCookie?.() ?? headers.get("set-cookie")?.split(/,\s*(?=[^\s;,=]+=)/) ?? [];

/** The `Set-Cookie`s of an answer that are ours to hand on. */
export const ours = (headers: Headers): string[] => lines(headers).filter(isOurs);

/** Whether one of these sets a cookie. */
export const sets = (setCookies: readonly string[], names: readonly string[]): boolean =>
  setCookies.some((line) => names.includes(whole(nameOf(line))));

/**
 * Adds cookies to a response. What it sets already stays as it is, down to the pieces of one value: a response that
 * signs out must not be signed in again by a session that was read before it. Nothing happens once the head is sent.
 */
export function hand(setCookies: readonly string[], res: ResponseLike | undefined): void {
  if (!res || setCookies.length === 0) return;
  if ("setHeader" in res) {
    if (res.headersSent) return;
    const set = res.getHeader("Set-Cookie");
    const before = Array.isArray(set) ? set.map(String) : set === undefined ? [] : [String(set)];
    const added = missing(setCookies, before);
    if (added.length > 0) res.setHeader("Set-Cookie", [...before, ...added]);
    return;
  }
  for (const line of missing(setCookies, lines(res.headers))) res.headers.append("set-cookie", line);
}

function missing(setCookies: readonly string[], before: readonly string[]): string[] {
  const taken = new Set(before.map((line) => whole(nameOf(line))));
  return setCookies.filter((line) => !taken.has(whole(nameOf(line))));
}
