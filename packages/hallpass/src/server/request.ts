// What a call is made with: a request in one of its many forms, and perhaps a response.
import { AskError } from "./fault.js";

/** Headers: the Web's, Next's, or Node's object. */
export type HeadersLike =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Cookies that a framework has read: an object, a `Map`, or Next's `RequestCookies`. */
export type CookiesLike =
  | Iterable<readonly [string, string | { readonly value: string }]>
  | Readonly<Record<string, string | undefined>>;

/** A request: Node's, Next's, or the Web's. */
export interface RequestLike {
  headers?: HeadersLike | undefined;
  cookies?: CookiesLike | undefined;
}

/** A response that cookies can be set on: Node's, Next's, or one of the Web's. */
export type ResponseLike =
  | {
      getHeader(name: string): number | string | readonly string[] | undefined;
      setHeader(name: string, value: readonly string[]): unknown;
      readonly headersSent?: boolean;
    }
  | { readonly headers: Headers };

/** A call's first argument. */
export interface RequestContext {
  /** The request. */
  req?: RequestLike | undefined;
  /** The response, to set the cookies of the answer on. */
  res?: ResponseLike | undefined;
  /** Next's `App` context: the request is in here. */
  ctx?: { req?: RequestLike | undefined; res?: ResponseLike | undefined } | undefined;
  /** The headers alone, as `next/headers` gives them, awaited or not. */
  headers?: HeadersLike | PromiseLike<HeadersLike> | undefined;
}

/** What {@link getSession} and {@link getCsrfToken} can be called with. */
export type From = RequestContext | RequestLike | HeadersLike;

/** What is used of it. */
export interface Caller {
  cookie: string | undefined;
  res: ResponseLike | undefined;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** A header's value; several lines of `Cookie` are one. */
export function header(headers: unknown, name: string): string | undefined {
  if (!isObject(headers)) return undefined;
  const { get } = headers as { get?: unknown };
  const lines = headers as Record<string, unknown>;
  const spelled = (): string => Object.keys(lines).find((key) => key.toLowerCase() === name) ?? name;
  const value: unknown = typeof get === "function" ? get.call(headers, name) : (lines[name] ?? lines[spelled()]);
  const one: unknown = Array.isArray(value) ? value.join(name === "cookie" ? "; " : ", ") : value;
  return typeof one === "string" && one !== "" ? one : undefined;
}

const isResponse = (value: unknown): value is ResponseLike =>
  isObject(value) &&
  (typeof (value as { setHeader?: unknown }).setHeader === "function" ||
    typeof (value as { headers?: { append?: unknown } }).headers?.append === "function");

/** The request in what a function was called with. */
export function request(given: unknown): RequestLike | undefined {
  if (!isObject(given)) return undefined;
  const { req, ctx } = given as RequestContext;
  const found: unknown = req ?? ctx?.req ?? given;
  return isObject(found) ? found : undefined;
}

/** Takes a call's argument apart. */
export async function caller(given: From | PromiseLike<From> | undefined | null): Promise<Caller> {
  const from: unknown = await given;
  const found = request(from);
  const headers: unknown = typeof (found as { get?: unknown })?.get === "function" ? found : await found?.headers;
  // What `cookies()` of next/headers gives has `get` too, but no header. Headers have `append`, and some runtimes' `getAll`.
  if (!isObject(headers) || ("getAll" in headers && !("append" in headers))) {
    throw new AskError(
      "request",
      "On a server nobody can be known without the request: call it with { req }, with the context of " +
        "getServerSideProps, with a Request, or with { headers: await headers() }.",
    );
  }
  const { res, ctx } = from as RequestContext;
  return { cookie: header(headers, "cookie"), res: [res, ctx?.res].find(isResponse) };
}
