// One GET to hallpass, and a sentence about what went wrong with it.
import { address, type AddressOptions } from "./address.js";
import { AskError, report, wentWell } from "./fault.js";
import { ours } from "./set-cookies.js";
import type { ResponseLike } from "./request.js";

/** How to ask. */
export interface AskOptions extends AddressOptions {
  /** How long an answer may take, in milliseconds. Default 5000. */
  timeout?: number | undefined;
  /** Where to set the cookies of the answer, if the first argument holds no response. */
  res?: ResponseLike | undefined;
  /**
   * What to do if the server cannot be asked: `"null"` answers `null` after one line in the log, as next-auth does;
   * `"throw"` rejects with an {@link AskError}. Default `"null"`.
   */
  onError?: "null" | "throw" | undefined;
  /** Sends the request, where that is not the global `fetch`: a service binding, for example. */
  fetch?: typeof fetch | undefined;
}

/** What was answered. */
export interface Answer {
  data: unknown;
  /** Our `Set-Cookie`s in it. */
  setCookies: string[];
  asked: string;
}

const PATIENCE = 5000;

/** More than this is no answer of ours. */
const MOST = 1024 * 1024;

const SEEN = 80;

/** `cache` is left out where a runtime refuses the word; everywhere else an answer about one person may not be kept. */
function unkept(): RequestInit {
  try {
    new Request("http://localhost", { cache: "no-store" });
    return { cache: "no-store" };
  } catch {
    return {};
  }
}

/** The code of a failure such as `ECONNREFUSED`. Messages stay out: they may quote the cookie. */
function code(error: unknown): string {
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: { code?: unknown } };
  return String(cause?.code ?? name ?? "an unknown failure");
}

async function body(response: Response, most: number): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    text += decoder.decode(value, { stream: true });
    if (size > most) {
      await reader.cancel().catch(() => undefined);
      return text;
    }
  }
}

/** Why an answer that is no success may have come. */
function guess(status: number, by: string): string {
  if (status === 431 || status === 413) return "The request's cookies are too large.";
  if (status === 429) return "The server has had too many requests.";
  if (status >= 500) return "The server's log says why, or that of the proxy before it.";
  return `Does hallpass answer there? Look at the host and the base path (${by}).`;
}

function redirected(response: Response, asked: string, by: string): AskError {
  const { status } = response;
  let to = "elsewhere";
  try {
    const { origin, pathname } = new URL(response.headers.get("location") ?? "", response.url);
    to = `to ${origin}${pathname}`;
  } catch {
    // A runtime that hides it.
  }
  response.body?.cancel().catch(() => undefined);
  const leads = `${asked}: ${status || "a redirect"} leads ${to}, and the cookie is not sent after it.`;
  return new AskError("redirect", `${leads} Set the URL to where it leads (${by}).`, { asked, status });
}

function fetchFault(error: unknown, asked: string, by: string, timeout: number): AskError {
  if ((error as { name?: unknown } | null)?.name === "TimeoutError") {
    const late = `${asked}: no answer within ${timeout} ms. Is the server overloaded, or the host wrong (${by})?`;
    return new AskError("timeout", late, { asked });
  }
  const nothing = `${asked}: no answer (${code(error)}). Is hallpass running there (${by})?`;
  return new AskError("unreachable", nothing, { asked });
}

/** How an answer begins, unless that could be somebody's session, or what the browser sent. */
function excerpt(text: string, ok: boolean, cookie: string): string {
  const start = text.slice(0, SEEN);
  if (ok && /^\s*[{["]/.test(start)) return "with the beginning of JSON, not shown";
  const repeats = cookie.split(/[;=\s]+/).some((part) => part.length >= 8 && text.includes(part));
  return repeats ? "which repeats the cookie, not shown" : JSON.stringify(start);
}

/** An answer that is JSON, or a sentence about what it is instead. */
async function judge(response: Response, asked: string, by: string, cookie = ""): Promise<unknown> {
  const { status, ok } = response;
  const leads = (status >= 300 && status < 400) || response.type === "opaqueredirect";
  if (leads) throw redirected(response, asked, by);
  const text = await body(response, ok ? MOST : SEEN * 4);
  const contentType = response.headers.get("content-type") ?? "no content type";
  const facts = { asked, status, contentType };
  const seen = `${asked}: ${status} ${contentType} ${excerpt(text, ok, cookie)}.`;
  if (!ok) throw new AskError("status", `${seen} ${guess(status, by)}`, facts);
  try {
    return JSON.parse(text);
  } catch {
    throw new AskError("content", `${seen} That is not JSON. ${guess(404, by)}`, facts);
  }
}

/** Asks. Sends the method GET, the cookie, a bearer where there is one, and nothing else of the caller's. */
export async function ask(
  path: string,
  cookie: string | undefined,
  options: AskOptions,
  bearer?: string,
): Promise<Answer> {
  const { base, by } = address(options);
  const asked = `GET ${base}${path}`;
  const { timeout = PATIENCE, fetch: send = fetch } = options;
  if (cookie && !/^[\t\x20-\x7e\x80-\xff]*$/.test(cookie)) {
    throw new AskError("request", `${asked}: the request's cookies hold what no header may hold.`, { asked });
  }
  let response: Response | undefined;
  try {
    response = await send(base + path, {
      ...unkept(),
      headers: { ...(cookie && { cookie }), ...(bearer && { authorization: `Bearer ${bearer}` }) },
      redirect: "manual",
      signal: AbortSignal.timeout(timeout),
    });
    const data = await judge(response, asked, by, cookie);
    wentWell(asked);
    return { data, setCookies: ours(response.headers), asked };
  } catch (error) {
    throw error instanceof AskError ? error : fetchFault(error, asked, by, timeout);
  }
}

/** Does as `onError` says with what a question threw. */
export function orNull(error: AskError, onError: AskOptions["onError"]): null {
  if (onError === "throw") throw error;
  report(error);
  return null;
}

/** What was thrown, if it is about asking; anything else is a mistake of ours and goes on. */
export function asked(error: unknown): AskError {
  if (error instanceof AskError) return error;
  throw error;
}

/** An answer that is JSON, but not that of the path. What it holds is not shown: it may be somebody's. */
export function unexpected(path: string, { asked }: Answer): AskError {
  const message = `${asked}: JSON that is no answer to ${path}. Does something else answer there?`;
  return new AskError("content", message, { asked });
}
