// One request, and a sentence about what went wrong with it.
import { base } from "./address.js";
import { CSRF_HEADER, Path } from "./wire.js";

/** An answer that is JSON. */
export interface Answer {
  /** The JSON; who asked looks into it. */
  data: any;
  ok: boolean;
  status: number;
  /** Where it leads, if it says so. */
  url: string;
  /** The server's clock, in milliseconds since 1970; `NaN` if it did not say. */
  date: number;
  /** A token against forgery: of a read, for the next change; of a change, because it was refused for its own. */
  token: string | null;
}

/** How long an answer may take, in milliseconds: less than the time after which the machine counts it as lost. */
export const PATIENCE = 14_000;

let leaving = false;

/** A page that is left ends its requests, which is no fault. */
export const leave = (left: boolean): boolean => (leaving = left);

const said: Record<string, string | undefined> = {};

/** Says what is wrong, to the console and to the server's log; the same about one thing once, whatever the details. */
export function report(about: string, problem: string, details: string): void {
  if (leaving || said[about] === problem) return;
  const message = `${about}: ${(said[about] = problem)}${details}`;
  console.error(`[hallpass] ${message}`);
  try {
    const fields = { level: "error", code: "CLIENT_FETCH_ERROR", message };
    navigator.sendBeacon(base() + Path.Log, new URLSearchParams(fields));
  } catch {
    // The console has it.
  }
}

/** An answer to a change, or to a question: what went wrong says where to go. */
const usual = (data: Answer["data"], ok: boolean): boolean => ok || data.url;

/**
 * Asks below the base path; with a body, tells. `undefined` if there was no answer, or none that `good` accepts; that
 * has been reported, unless the request was given up.
 */
export async function ask(
  place: string,
  body?: BodyInit | null,
  control: AbortController = new AbortController(),
  good = usual,
): Promise<Answer | undefined> {
  const url = base() + place;
  // Parameters are for a provider, and can be somebody's address.
  const method = body ? "POST" : "GET";
  const about = `${method} ${url.split("?")[0]}`;
  const timer = setTimeout(() => control.abort("no answer"), PATIENCE);
  let status = 0;
  let problem: unknown;
  let text = "";
  try {
    const response = await fetch(url, { method, body: body!, signal: control.signal });
    text = await response.text();
    const { headers, ok } = response;
    status = response.status;
    problem = `${status} ${headers.get("content-type")}`;
    const data = JSON.parse(text);
    if (good(data, ok)) {
      said[about] = "";
      const [date, token] = [Date.parse(headers.get("date")!), headers.get(CSRF_HEADER)];
      return { data, ok, status, url: String(data?.url || ""), date, token };
    }
  } catch (error) {
    problem ||= error;
  } finally {
    clearTimeout(timer);
  }
  // Who gave the request up knows.
  if ((problem as Error).name === "AbortError") return;
  const likely = status && status < 500 ? "hallpass at this base path" : "hallpass running";
  // What begins like a session or a token can be one that is cut off.
  const start = /^{"[cue]/.test(text) ? "" : text.slice(0, 80);
  report(about, `${problem}`, ` ${start}. Is ${navigator.onLine ? likely : "this device online"}?`);
}
