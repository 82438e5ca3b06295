// What this tab says to the others of its browser, and hears from them. Nothing of it is stored.
import { base } from "./address.js";

/** What a machine says: kind, whether somebody, version, stamp, time span. */
export type Said = number[];

/** The key and the form that the clients of next-auth 3 and 4 use. */
const OLD_KEY = "nextauth.message";

/** The channel's name; also what next-auth up to 3.7 wrote to know its own messages by. */
const US = "hallpass";

let channel: BroadcastChannel | undefined;

/** Listens; also called when a page is back, which had let go of its channel. */
export function open(heard: (said: Said, payload: unknown) => void): void {
  try {
    channel = new BroadcastChannel(US);
    channel.onmessage = ({ data }) => {
      try {
        // Another base path of this site is another application.
        if (data[6] === base()) heard(data.map(Number), data[5]);
      } catch {
        // Nobody's message.
      }
    };
  } catch {
    // Without it tabs have the storage, and ask the server instead of each other.
  }
}

/** Lets go of the channel: a page that holds one may not be kept for going back. */
export function close(): void {
  channel = channel?.close() as undefined;
}

/** Listens to the storage, where tabs that run an older client write; those that run this one have the channel. */
export function listen(heard: () => void): void {
  addEventListener("storage", ({ key, newValue }) => {
    try {
      const { event, clientId } = key === OLD_KEY && JSON.parse(newValue!);
      if (event === "session" && !(channel && clientId === US)) heard();
    } catch {
      // Nobody's message.
    }
  });
}

/** Tells the other tabs. */
export const tell = (said: Said, payload: unknown): void => channel?.postMessage([...said, payload, base()]);

/** Tells tabs that run the client of next-auth. Parts of a second keep two messages different. */
export function tellOld(trigger: string): void {
  try {
    const message = { event: "session", data: { trigger }, clientId: US, timestamp: Date.now() / 1000 };
    localStorage.setItem(OLD_KEY, JSON.stringify(message));
  } catch {
    // Full or forbidden: these tabs find out when they ask.
  }
}
