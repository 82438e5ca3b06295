// Drives the session machine: hands it what happens in this tab, and does what it says. No rule about sessions stands here.
import { base, choose, inPage } from "./address.js";
import { ask } from "./ask.js";
import { handle, read, start } from "./machine.js";
import { close, listen, open, tell, tellOld, type Said } from "./tabs.js";
import type { ClientOptions, Session, SessionState, Status, Update } from "./shapes.js";

// What happened, by the machine's numbers.
const MOUNTED = 0;
const UNMOUNTED = 1;
const REFRESH = 2;
const ANSWERED = 3;
const FAILED = 4;
const CHANGING = 5;
/** A change was answered, and nobody knows with what. */
export const CHANGED = 6;
/** The server refused a change. */
export const UNCHANGED = 7;
/** The server ended the session. */
export const SIGNED_OUT = 8;
const UPDATED = 9;
const HEARD = 10;
const HEARD_OLD = 11;
const WOKE = 19;
const CONFIGURED = 20;

type Known = Session | null | undefined;

const STATUSES: Status[] = ["loading", "authenticated", "unauthenticated"];

const listeners = new Set<() => void>();
let waiting: (() => void)[] = [];
let control: AbortController;
let timer: ReturnType<typeof setTimeout>;
let readers = 0;
let started = false;
let payload: Known;

const update: Update = async (data) => {
  const sent = await change("session", (csrfToken) => ({
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ csrfToken, data }),
  }));
  if (!sent) drive(CHANGED);
  else if (!sent.ok) drive(UNCHANGED);
  else driveWith(UPDATED, session(sent.data), sent.date);
  await getSession();
  return payload || null;
};

/** What readers are given: one object, to be taken apart either way. */
export function state(data: Known, status: Status, stale = false): SessionState {
  return Object.assign([data, status === "loading"] as const, { data, status, update, stale });
}

/** What a page shows that was rendered with this session; `undefined`: with no knowledge. */
export const rendered = (given: Known): SessionState => state(given, STATUSES[given === undefined ? 0 : given ? 1 : 2]!);

/** Nothing is known. */
export const unknown = rendered(undefined);
let shown = unknown;
let offered = unknown;

/** The session in an answer: an object with something in it. */
const session = (data: unknown): Session | null => (data && Object.keys(data).length ? (data as Session) : null);

/** A number that stands for a session, whatever its end. FNV-1a. */
export function version(given: Session | null | undefined): number {
  let hash = 0x811c9dc5;
  for (const letter of JSON.stringify({ ...given, expires: 0 })) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x1000193);
  return hash;
}

function driveWith(kind: number, given: Session | null, date: number, request = 0): void {
  const lives = given ? Date.parse(given.expires) - (date || Date.now()) : 0;
  drive(kind, given ? 1 : 0, version(given), request, lives, given);
}

/** Tells the machine what happened, and does what it says. */
export function drive(kind: number, bits = 0, version = 0, a = 0, b = 0, given?: unknown): void {
  if (!inPage) return;
  if (!started) begin();
  const out = handle(kind, bits, version, a, b, Date.now());
  const [wake, request, stamp, span, about] = [0, 1, 2, 3, 4].map(read) as [number, number, number, number, number];
  const kindOfMessage = (out >> 12) & 7;
  clearTimeout(timer);
  if (wake < 1 / 0) timer = setTimeout(drive, wake, WOKE);
  if (out & 1) control.abort();
  if (out & 2) load(request);
  // What a page was rendered with is not announced as something to keep: nothing was known before.
  if (out & 4 || payload === undefined) payload = given as Session;
  const status = STATUSES[(out >> 8) & 3]!;
  if (status !== STATUSES[1]) payload = status === STATUSES[0] ? undefined : null;
  if (kindOfMessage) tell([kindOfMessage, (out >> 15) & 1, about, stamp, span], payload);
  if (out & 8) tellOld(payload ? "getSession" : "signout");
  if (out & 16) {
    const stale = !!(out & 1024);
    shown = !stale && offered.data === payload && offered.status === status ? offered : state(payload, status, stale);
    listeners.forEach((listener) => listener());
  }
  if (out & 32) waiting.splice(0).forEach((settle) => settle());
}

async function load(request: number): Promise<void> {
  const mine = (control = new AbortController());
  const answer = await ask("session", {}, mine);
  if (!answer?.ok) drive(FAILED, 0, 0, request);
  else driveWith(ANSWERED, session(answer.data), answer.date, request);
}

function begin(): void {
  started = true;
  start(Math.random() * 2 ** 32, Date.now());
  const heard = ([kind, who, about, stamp, span, given]: Said): void => {
    // A payload that does not belong to its version was not sent by us.
    const here = who === 1 && kind === 3 && !!given && version(given as Session) === about;
    drive(HEARD, (who & 1) | (here ? 4 : 0) | ((kind & 7) << 3), about, stamp, span, given);
  };
  const on = (target: EventTarget, name: string, act: () => void): void => target.addEventListener(name, act);
  const tells = (target: EventTarget, name: string, kind: number): void => on(target, name, () => drive(kind));
  const seen = (): void => drive(document.hidden ? 15 : 14);
  open(heard);
  listen(heard, () => drive(HEARD_OLD));
  tells(window, "focus", 12);
  tells(window, "blur", 13);
  tells(window, "online", 17);
  tells(window, "offline", 18);
  tells(document, "resume", 16);
  on(document, "visibilitychange", seen);
  on(window, "pagehide", close);
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    open(heard);
    drive(16);
  });
  if (document.hidden) seen();
  if (!navigator.onLine) drive(18);
}

/** Sends a change, with a token against forgery; reads wait until its end is told. `undefined` if it was lost. */
export async function change(place: string, init: (csrfToken: string | null) => RequestInit): ReturnType<typeof ask> {
  const csrfToken = await getCsrfToken();
  drive(CHANGING);
  return ask(place, { method: "POST", ...init(csrfToken) });
}

/** The token against forgery, or `null` if the server could not be asked. */
export async function getCsrfToken(cookie?: RequestInit): Promise<string | null> {
  const answer = await ask("csrf", cookie);
  return (answer?.data as { csrfToken?: string } | undefined)?.csrfToken || null;
}

/** Reads the session anew; afterwards what is known is no older than this call, if the server could be asked. */
export async function getSession(): Promise<Session | null> {
  await new Promise<void>((settle) => {
    waiting.push(settle);
    drive(REFRESH);
  });
  return payload || null;
}

/** A session read on a server. */
export async function fetchSession(cookie: RequestInit): Promise<Session | null> {
  return session((await ask("session", cookie))?.data);
}

/** Calls `listener` when what {@link current} gives has changed, until the answer is called. */
export function watch(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** What is known. */
export const current = (): SessionState => shown;

/** The first reader starts the machine, with the session that the page was rendered with; the last one stops it. */
export function mount(given: Known, first: SessionState = unknown): () => void {
  offered = first;
  if (given !== undefined) driveWith(MOUNTED, given, 0);
  else if (!readers) drive(MOUNTED, 2);
  readers++;
  return () => void (--readers || drive(UNMOUNTED));
}

/** Sets the options, those that are not given to their defaults. */
export function configure(options: ClientOptions): void {
  const { clientMaxAge = 0, keepAlive = 0, focusWindow = 2, refetchOnWindowFocus, refetchWhenOffline } = options;
  choose(options.baseUrl, options.basePath);
  const bits = (refetchOnWindowFocus === false ? 0 : 1) | (refetchWhenOffline === false ? 0 : 2);
  drive(CONFIGURED, bits, focusWindow * 1000, clientMaxAge * 1000, keepAlive * 1000);
}

/** Where the built-in pages are. */
export { base };
