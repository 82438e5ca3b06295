// What this tab says to the others of its browser, and hears from them. Nothing about the session's content is stored.
import { base } from "./address.js";

/** What a machine says, as numbers, and where nothing is stored the session that it says it of. */
export type Said = [kind: number, who: number, version: number, stamp: number, span: number, payload?: unknown];

/** The key and the form that the clients of next-auth 3 and 4 use. */
const OLD_KEY = "nextauth.message";

let channel: BroadcastChannel | undefined;

const name = (): string => `hallpass:${base()}`;

const isMessage = (said: unknown): said is Said =>
  Array.isArray(said) && said.slice(0, 5).filter((part) => typeof part === "number").length === 5;

/** Listens; also called when a page is back, which had let go of its channel. */
export function open(heard: (said: Said) => void): void {
  try {
    channel = new BroadcastChannel(name());
    channel.onmessage = ({ data }) => isMessage(data) && heard(data);
  } catch {
    // Browsers without it have the storage.
  }
}

/** Lets go of the channel: a page that holds one may not be kept for going back. */
export function close(): void {
  channel?.close();
}

/** Listens to the storage: to tabs without a channel, and to those that run an older client. */
export function listen(heard: (said: Said) => void, heardOld: () => void): void {
  addEventListener("storage", ({ key, newValue }) => {
    try {
      const message = JSON.parse(newValue || "0");
      if (key === OLD_KEY && message.event === "session" && message.data) heardOld();
      if (key === name() && isMessage(message)) heard(message);
    } catch {
      // Not from us.
    }
  });
}

function store(key: string, message: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(message));
  } catch {
    // Full or forbidden: these tabs find out when they ask.
  }
}

/** Tells the other tabs; the payload goes only where nothing is stored. */
export function tell(said: Said, payload: unknown): void {
  if (channel) channel.postMessage([...said, payload]);
  else store(name(), said);
}

/** Tells tabs that run the client of next-auth. Parts of a second keep two messages different. */
export function tellOld(trigger: string): void {
  store(OLD_KEY, { event: "session", data: { trigger }, timestamp: Date.now() / 1000 });
}
