// One request, and a sentence about what went wrong with it.
import { base, inPage } from "./address.js";
import { LOG_PATH } from "./wire.js";

/** An answer that is JSON. */
export interface Answer {
  data: unknown;
  ok: boolean;
  status: number;
  /** The server's clock, in milliseconds since 1970; `NaN` if it did not say. */
  date: number;
}

/** How long an answer may take, in milliseconds: less than the time after which the machine counts it as lost. */
const PATIENCE = 14_000;

const said: Record<string, string | undefined> = {};

/** Says what is wrong, to the console and to the server's log; the same sentence about one thing once. */
export function report(about: string, problem: string): void {
  if (said[about] === problem) return;
  const message = `${about}: ${(said[about] = problem)}`;
  console.error(`[hallpass] ${message}`);
  try {
    const fields = { level: "error", code: "CLIENT_FETCH_ERROR", message };
    if (inPage) navigator.sendBeacon(base() + LOG_PATH, new URLSearchParams(fields));
  } catch {
    // The console has it.
  }
}

/** Asks below the base path. `undefined` if there was no answer that a program can read, which has been reported. */
export async function ask(
  place: string,
  init?: RequestInit,
  control: AbortController = new AbortController(),
): Promise<Answer | undefined> {
  const url = base() + place;
  const about = `${init ? init.method : "GET"} ${url}`;
  const timer = setTimeout(() => control.abort("no answer in time"), PATIENCE);
  let status = 0;
  let problem: unknown;
  try {
    const response = await fetch(url, { ...init, signal: control.signal });
    const text = await response.text();
    const { headers, ok } = response;
    status = response.status;
    problem = `${status} ${headers.get("content-type")} ${text.slice(0, 80)}`;
    const data: unknown = JSON.parse(text);
    if (ok || (data as { url?: unknown } | null)?.url) {
      said[about] = "";
      return { data, ok, status, date: Date.parse(headers.get("date")!) };
    }
  } catch (error) {
    problem ||= error;
  } finally {
    clearTimeout(timer);
  }
  // Who gave the request up knows.
  if ((problem as Error).name === "AbortError") return;
  const likely = !status
    ? "Is the server running, and this device online?"
    : status < 500
      ? "Is the base path right, and does the proxy lead it to hallpass?"
      : "Is hallpass running? Its log says more.";
  report(about, `${problem}. ${likely}`);
}
