// Where hallpass answers, as a server of the application reaches it.
import { DEFAULT_BASE_PATH } from "../wire.js";
import { variable, type Variable } from "./environment.js";
import { AskError } from "./fault.js";

/** Where to ask. */
export interface AddressOptions {
  /** The URL of hallpass, its base path included where that is not `/api/auth`. Counts more than the environment. */
  url?: string | undefined;
  /** The base path. Counts more than the path in a URL. */
  basePath?: string | undefined;
}

/** In this order: an address inside the network first, then the public one. */
const URLS: Variable[] = [
  "HALLPASS_URL_INTERNAL",
  "NEXTAUTH_URL_INTERNAL",
  "HALLPASS_URL",
  "NEXTAUTH_URL",
  "AUTH_URL",
  "VERCEL_URL",
];

/** Those that say what browsers see. */
const PUBLIC_URLS: Variable[] = ["HALLPASS_URL", "NEXTAUTH_URL", "AUTH_URL", "VERCEL_URL"];

const DEFAULT_ORIGIN = "http://localhost:3000";

/** What one value says: an origin, a path, or both. */
interface Written {
  origin?: string | undefined;
  path?: string | undefined;
}

const bad = (by: string, why: string): AskError =>
  new AskError(
    "address",
    `The address is unusable: ${by} ${why}. Write it as https://host, with the base path if not ${DEFAULT_BASE_PATH}`,
  );

/** A path as it stands in a URL, without the slash at its end; `/` is the root, an empty text. */
const path = (written: string): string =>
  new URL(`${DEFAULT_ORIGIN}${written.startsWith("/") ? "" : "/"}${written}`).pathname.replace(/\/+$/, "");

/** `example.com` means https, but a server on this machine has no certificate. */
function withScheme(written: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) return written;
  return `${/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/i.test(written) ? "http" : "https"}://${written}`;
}

function read(value: string, by: string): Written {
  const written = value.trim();
  if (/^\/(?!\/)/.test(written)) return { path: path(written) };
  let url;
  try {
    url = new URL(withScheme(written));
  } catch {
    throw bad(by, "is not a URL");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw bad(by, "is neither http nor https");
  // The value itself stays out of the message: it holds a password.
  if (url.username || url.password) throw bad(by, "holds a user's name or password");
  return { origin: url.origin, path: path(url.pathname) || undefined };
}

const isWritten = (value: string | undefined): value is string => !!value?.trim();

/** What is written down, the most important first. */
function* written(options: AddressOptions): Generator<[value: string, by: string]> {
  if (isWritten(options.url)) yield [options.url, "the option `url`"];
  for (const name of URLS) {
    const value = variable(name);
    if (isWritten(value)) yield [value, name];
  }
}

/** What stands before `/session`, `/csrf` and `/providers`, and where that was written down. */
export interface Address {
  base: string;
  by: string;
}

/**
 * Finds where to ask: `url`, or the first of `HALLPASS_URL_INTERNAL`, `NEXTAUTH_URL_INTERNAL`, `HALLPASS_URL`,
 * `NEXTAUTH_URL`, `AUTH_URL` and `VERCEL_URL` that is set and not empty; without any, `http://localhost:3000`.
 *
 * - The scheme may be in any case. Without one it is https, on this machine (`localhost:3000`) http.
 * - A path is the base path, taken as it is. A value that is only a path (`/app/auth`) says nothing of the host: that
 *   comes from the next one.
 * - Without a path the base path is `HALLPASS_BASE_PATH`, else the path of the next variable that has one (so an
 *   internal address need not repeat it), else `/api/auth`. The option `basePath` counts more than all of these.
 * - Slashes at the end, a query and a fragment are dropped.
 *
 * @throws AskError with the fault `address` where what would be used is no http(s) URL, or holds a password.
 */
export function address(options: AddressOptions = {}): Address {
  const basePath = variable("HALLPASS_BASE_PATH");
  let origin: string | undefined;
  let place: string | undefined;
  let from = "no variable is set";
  for (const [value, by] of written(options)) {
    if (origin && place !== undefined) break;
    try {
      const next = read(value, by);
      if (!origin && next.origin) {
        origin = next.origin;
        from = by;
        place ??= next.path ?? (isWritten(basePath) ? path(basePath.trim()) : undefined);
      }
      place ??= next.path;
    } catch (error) {
      // With an origin in hand this one could only have given a path.
      if (!origin) throw error;
    }
  }
  const chosen = isWritten(options.basePath) ? options.basePath : (place ?? basePath ?? DEFAULT_BASE_PATH);
  return { base: (origin ?? DEFAULT_ORIGIN) + path(chosen.trim()), by: from };
}

/** Whether browsers reach the site over https; `undefined` where the environment does not say. */
export function isSecure(): boolean | undefined {
  for (const name of PUBLIC_URLS) {
    const value = variable(name);
    if (!isWritten(value)) continue;
    try {
      const { origin } = read(value, name);
      if (origin) return origin.startsWith("https:");
    } catch {
      return undefined;
    }
  }
  return undefined;
}
