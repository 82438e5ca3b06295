// Finds the session token in a request, as hallpass itself finds it: names are matched exactly, and a cookie that comes
// twice is nobody's, for somebody planted one of them.
import { header, type CookiesLike, type RequestLike } from "./request.js";

/** All cookies together, and a token, may have this many characters. hallpass answers 431 above it. */
const MOST = 32 * 1024;

/** More pieces than this are no session of ours. */
const MOST_PIECES = 16;

type Pair = readonly [name: string, value: string];

/** A token and the name of the cookie it was in. */
export interface Found {
  token: string;
  /** `undefined` where it came as `Authorization: Bearer`. */
  cookie: string | undefined;
}

function parsed(line: string): Pair[] {
  if (line.length > MOST) return [];
  // Only what RFC 6265 §5.2 calls white space goes, and only around a pair: "name =x" is another name.
  const pairs = line.split(";").map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, ""));
  return pairs
    .filter((pair) => pair.includes("="))
    .map((pair): Pair => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
}

function listed(cookies: CookiesLike | undefined): Pair[] {
  if (typeof cookies !== "object" || cookies === null) return [];
  const entries: (readonly [string, unknown])[] =
    Symbol.iterator in cookies ? [...(cookies as Iterable<readonly [string, unknown]>)] : Object.entries(cookies);
  const value = (given: unknown): unknown =>
    typeof given === "object" ? (given as { value?: unknown } | null)?.value : given;
  return entries
    .map(([name, given]) => [name, value(given)] as const)
    .filter((pair): pair is Pair => typeof pair[1] === "string");
}

/** The index in `name.7`; a spelling that nobody writes (`.07`, `.+7`) is another cookie. */
function index(candidate: string, name: string): number | undefined {
  const digits = candidate.startsWith(`${name}.`) ? candidate.slice(name.length + 1) : "";
  return /^(0|[1-9]\d?)$/.test(digits) ? Number(digits) : undefined;
}

/** The value, whole or in pieces; `null` if it is there but not to be used, `undefined` if it is not there. */
function joined(pairs: Pair[], name: string): string | null | undefined {
  const whole = pairs.filter(([candidate]) => candidate === name);
  if (whole.length > 0) return whole.length === 1 ? whole[0]![1] : null;
  const pieces: string[] = [];
  let count = 0;
  for (const [candidate, value] of pairs) {
    const at = index(candidate, name);
    if (at === undefined) continue;
    if (at >= MOST_PIECES || at in pieces) return null;
    pieces[at] = value;
    count += 1;
  }
  if (count === 0) return undefined;
  return pieces.length === count ? pieces.join("") : null;
}

/** Undoes percent-encoding, which no token needs; `null` where it is malformed. */
function unescaped(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}

function bounded(token: string | null, cookie: string | undefined): Found | null {
  return token && token.length <= MOST ? { token, cookie } : null;
}

/**
 * The token of a request: the cookie under the first of `names` that the request brings anything under, else
 * `Authorization: Bearer`. A `Cookie` header counts more than what a framework made of it.
 */
export function find(request: RequestLike, names: readonly string[]): Found | null {
  const line = header(request.headers, "cookie");
  const pairs = line === undefined ? listed(request.cookies) : parsed(line);
  for (const name of names) {
    const value = joined(pairs, name);
    if (value === undefined) continue;
    return value === null ? null : bounded(line === undefined ? value : unescaped(value), name);
  }
  const bearer = /^Bearer +(\S+)$/i.exec(header(request.headers, "authorization") ?? "");
  return bearer ? bounded(unescaped(bearer[1]!), undefined) : null;
}
