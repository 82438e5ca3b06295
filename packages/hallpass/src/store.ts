// Drives the session machine: hands it what happens in this tab, and does what it says. No rule about sessions stands
// here.
import { inPage } from "./address.js";
import { ask, leave, type Answer } from "./ask.js";
import { Do, Happened } from "./happened.js";
import { handle, request, span, stamp, start, version as about, wake } from "./machine.js";
import { close, listen, open, tell, tellOld, type Said } from "./tabs.js";
import { Path } from "./wire.js";
import type { ClientOptions, Session, SessionState, Status, Update } from "./shapes.js";

type Known = Session | null | undefined;

/** The message that tells what is known. */
const KNOWN = 3;

const EVENTS = {
  focus: Happened.Focused,
  blur: Happened.Blurred,
  resume: Happened.Resumed,
  online: Happened.Online,
  offline: Happened.Offline,
};

const listeners = new Set<() => void>();
let waiting: (() => void)[] = [];
let control: AbortController;
let timer: ReturnType<typeof setTimeout>;
let readers = 0;
let started = false;
let payload: Known;
/** The token against forgery that an earlier answer brought. */
let token: string | null | undefined;

const update: Update = async (data) => {
  try {
    JSON.stringify(data);
  } catch {
    // A button's event, which is no data.
    data = undefined;
  }
  const answer = await change(Path.Session, { data }, true);
  driveWith(answer, Happened.Updated, Happened.Changed);
  return shown.stale ? getSession() : payload || null;
};

/** What readers are given: one object, to be taken apart either way. */
function state(data: Known, stale = false): SessionState {
  const status: Status = data ? "authenticated" : data === null ? "unauthenticated" : "loading";
  return Object.assign([data, data === undefined], { data, status, update, stale }) as SessionState;
}

/** Somebody's session, or nobody's, which is `null` or an object without anything in it. */
const orNull = (data: Known): Session | null => (data && Object.keys(data).length ? data : null);

/** What a page shows that was rendered with this session; `undefined`: with no knowledge. */
export const rendered = (given: Known): SessionState => state(given && orNull(given));

/** Nothing is known. */
export const unknown = rendered(undefined);
let shown = unknown;
let offered = unknown;

/** A number that stands for a session, whatever its end. FNV-1a. */
export function version(given: Session | null | undefined): number {
  let hash = 0x811c9dc5;
  for (const letter of JSON.stringify({ ...given, expires: 0 })) {
    hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x1000193);
  }
  return hash;
}

/** An answer that is a session has an end; `{}`, or `null`, is nobody. */
const isSession = (data: Answer["data"], ok: boolean): boolean =>
  ok && (!orNull(data) || data.expires);

/** Tells the machine of a session that an answer, or the page, brought; or that none did. */
function driveWith(
  answer: Pick<Answer, "data" | "date"> | undefined,
  kind: Happened,
  failed: Happened,
  request = 0,
): void {
  if (!answer) return drive(failed, 0, 0, request);
  const given = orNull(answer.data);
  const lives = Date.parse(given?.expires!) - (answer.date || Date.now());
  drive(kind, +!!given, version(given), request, lives, given);
}

/** Tells the machine what happened, and does what it says. */
export function drive(kind: number, bits = 0, its = 0, a = 0, b = 0, given?: unknown): void {
  if (!inPage) return;
  if (!started) begin();
  const out = handle(kind, bits, its, a, b, Date.now());
  const saying = (out >> 12) & 7;
  const status = (out >> 8) & 3;
  clearTimeout(timer);
  if (wake < 1 / 0) timer = setTimeout(drive, wake, Happened.Woke);
  if (out & Do.Abort) control.abort();
  if (out & Do.Fetch) load(request);
  // Not announced as something to keep: what the page was rendered with, and what is the same with another end.
  if (out & Do.Take || payload === undefined || (given && its === version(payload))) payload = given as Session;
  if (status !== 1) payload = status ? null : undefined;
  if (saying) tell([saying, (out >> 15) & 1, stamp, span, about], saying === KNOWN && payload);
  if (out & Do.TellOldClients) tellOld(payload ? "getSession" : "signout");
  if (out & Do.Settle) waiting.splice(0).forEach((settle) => settle());
  if (out & Do.Render) {
    const stale = !!(out & 1024);
    shown = !stale && offered.data === payload ? offered : state(payload, stale);
    // One that fails is not to keep it from the others.
    listeners.forEach(async (listener) => listener());
  }
}

async function load(request: number): Promise<void> {
  control = new AbortController();
  const answer = await ask(Path.Session, null, control, isSession);
  token = answer?.token;
  driveWith(answer, Happened.Answered, Happened.Failed, request);
}

function begin(): void {
  started = true;
  start((Math.random() * 2 ** 32) | 0, Date.now());
  const heard = ([kind, who, stamp, span, its]: Said, given: unknown): void => {
    // A payload that does not belong to its version was not sent by us.
    const here = given && version(given as Session) === its && given;
    drive(Happened.Heard, (kind! << 3) | (here ? 4 : 0) | (who! & 3), its! | 0, stamp, span, here);
  };
  const seen = (): void => drive(document.hidden ? Happened.Hidden : Happened.Visible);
  open(heard);
  listen(() => drive(Happened.HeardOldClient));
  // Those of the document are caught on their way down; of the focus, only the window's own.
  for (const [name, kind] of Object.entries(EVENTS)) addEventListener(name, () => drive(kind), kind > Happened.Blurred);
  addEventListener("visibilitychange", seen, true);
  addEventListener("pagehide", () => {
    leave(true);
    close();
  });
  addEventListener("pageshow", ({ persisted }) => {
    leave(false);
    if (!persisted) return;
    open(heard);
    drive(Happened.Resumed);
  });
  seen();
  if (!navigator.onLine) drive(Happened.Offline);
}

function form(fields: object): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    try {
      if (value != null) body.set(name, value);
    } catch {
      // A symbol, or what else is no text.
    }
  }
  return body;
}

/**
 * Sends a change, with a token against forgery; reads wait until its end is told. `undefined` if it was lost. The token
 * of an earlier answer may be no longer the browser's, which has signed in since: then it is sent once more.
 */
export async function change(
  place: string,
  fields: object,
  json?: boolean,
  again?: boolean,
): Promise<Answer | undefined> {
  const early = !json && token;
  const all = { ...fields, csrfToken: early || (await getCsrfToken()) };
  drive(Happened.Changing);
  const answer = await (json
    ? ask(place, new Blob([JSON.stringify(all)], { type: "application/json" }), undefined, isSession)
    : ask(place, form(all)));
  token = answer?.token;
  return early && token && !again ? change(place, fields, json, true) : answer;
}

/** The token against forgery, or `null` if the server could not be asked. */
export async function getCsrfToken(): Promise<string | null> {
  return (await ask(Path.Csrf))?.data?.csrfToken || null;
}

/**
 * Reads the session anew, and gives what is known then; a read that is on its way is shared. If the server could not be
 * asked, that is what was known before.
 */
export const getSession = (): Promise<Session | null> =>
  new Promise((settle) => {
    waiting.push(() => settle(payload || null));
    drive(Happened.Refresh);
  });

/** Calls `listener` when what {@link current} gives has changed, until the answer is called. */
export function watch(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** What is known; as long as nothing is, what the page was rendered with. */
export const current = (first = unknown): SessionState => (shown === unknown ? first : shown);

/** The first reader starts the machine, with what the page was rendered with; the last one stops it. */
export function mount(first: SessionState): () => void {
  offered = first;
  if (first.data !== undefined) driveWith({ data: first.data, date: 0 }, Happened.Mounted, 0);
  else if (!readers) drive(Happened.Mounted, 2);
  readers++;
  return () => {
    if (!--readers) drive(Happened.Unmounted);
  };
}

/** What is no number of seconds is none, which the machine takes for never. */
const milliseconds = (seconds: unknown): number => (typeof seconds === "number" ? seconds * 1000 : 0);

/** Sets the options, those that are not given to their defaults. */
export function configure(options: ClientOptions): void {
  const bits = +(options.refetchOnWindowFocus !== false) + 2 * +(options.refetchWhenOffline !== false);
  const [burst, age, alive] = [options.focusWindow ?? 2, options.clientMaxAge, options.keepAlive].map(milliseconds);
  drive(Happened.Configured, bits, burst! | 0, age, alive);
}
