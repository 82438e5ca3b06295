// One request, and a sentence about what went wrong with it.
import { base, inPage } from "./address.js";

/** An answer that is JSON. */
export interface Answer {
  data: unknown;
  ok: boolean;
  status: number;
  /** The server's clock, in milliseconds since 1970; `NaN` if it did not say. */
  date: number;
}

/** How long an answer may take, in milliseconds. */
const PATIENCE = 15_000;

const said: Record<string, string> = {};
let leaving = false;

if (inPage) {
  // A page that is left ends its requests; that is no failure.
  addEventListener("pagehide", () => (leaving = true));
  addEventListener("pageshow", () => (leaving = false));
}

/** Says what is wrong, to the console and to the server's log; the same sentence about one thing once. */
export function report(about: string, problem: string): void {
  if (leaving || said[about] === problem) return;
  said[about] = problem;
  console.error(`[hallpass] ${about}: ${problem}`);
  try {
    if (inPage) {
      navigator.sendBeacon(
        `${base()}/_log`,
        new URLSearchParams({ level: "error", code: "CLIENT_FETCH_ERROR", message: `${about}: ${problem}` }),
      );
    }
  } catch {
    // The console has it.
  }
}

function guess(status: number): string {
  if (status === 404) return "Is the base path right?";
  if (status >= 500) return "The server's log says why.";
  return "Does the proxy lead this path to hallpass, and is the base path right?";
}

/** Asks below the base path. `undefined` if there was no answer that a program can read, which has been reported. */
export async function ask(
  place: string,
  init: RequestInit = {},
  control: AbortController = new AbortController(),
): Promise<Answer | undefined> {
  const about = `${init.method || "GET"} ${base()}/${place}`;
  const timer = setTimeout(() => control.abort(), PATIENCE);
  let response;
  let text = "";
  try {
    response = await fetch(`${base()}/${place}`, { ...init, signal: control.signal });
    text = await response.text();
    const data: unknown = JSON.parse(text);
    const { ok, status } = response;
    if (ok || (data as { url?: unknown } | null)?.url) {
      delete said[about];
      return { data, ok, status, date: Date.parse(response.headers.get("date") || "") };
    }
  } catch (error) {
    if (!response) {
      if (!control.signal.aborted) report(about, `no answer (${error}). Is the server running, and this device online?`);
      return;
    }
  } finally {
    clearTimeout(timer);
  }
  const { status, headers } = response;
  report(about, `${status} ${headers.get("content-type")} ${JSON.stringify(text.slice(0, 80))}. ${guess(status)}`);
}
