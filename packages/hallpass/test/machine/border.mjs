// The border of the machine for tests: the words of transcripts/session/*.json to numbers, and back.

const MESSAGES = ["", "asking", "failed", "known", "seeded", "doubted", "changed", "signedOut"];
const INPUTS = [
  "mounted", "unmounted", "refresh", "answered", "failed", "changing", "changed", "unchanged", "signedOut", "updated",
  "heard", "heardOldClient", "focused", "blurred", "visible", "hidden", "resumed", "online", "offline", "woke",
  "configured",
];
const STATUSES = ["loading", "authenticated", "unauthenticated"];
const [NOBODY, SOMEBODY, NOT_KNOWN] = [0, 1, 2];

const somebody = (version, lives = 0) => ({ bits: SOMEBODY, version: version | 0, b: lives });
const session = (said) => (said ? somebody(said.version, said.lives) : { bits: NOBODY });
const version = (said) => (said.version === undefined ? { bits: NOBODY } : somebody(said.version));

function message(said) {
  const who = said.kind === "known" ? session(said.session) : version(said);
  const kind = MESSAGES.indexOf(said.kind);
  return { ...who, bits: who.bits | (kind << 3), a: said.stamp, b: said.kind === "failed" ? said.wait : who.b };
}

function options({ clientMaxAge = 0, keepAlive = 0, burst = 2000, onFocus = true, whenOffline = true }) {
  return { a: clientMaxAge, b: keepAlive, version: burst, bits: Number(onFocus) | (Number(whenOffline) << 1) };
}

function numbers(input) {
  switch (input.kind) {
    case "mounted":
      return "session" in input ? session(input.session) : { bits: NOT_KNOWN };
    case "answered":
      return { ...session(input.session), a: input.request };
    case "failed":
      return { a: input.request };
    case "updated":
      return session(input.session);
    case "heard": {
      const heard = message(input.message);
      return { ...heard, bits: heard.bits | ((input.payload ?? true) ? 4 : 0) };
    }
    case "configured":
      return options(input.options);
    default:
      return {};
  }
}

/** A shell that keeps no more of a payload than its version. */
export class Shell {
  #machine;
  #version = null;
  #status = 0;

  constructor(machine, transcript) {
    this.#machine = machine;
    machine.start(transcript.seed | 0, transcript.now);
    if (transcript.options) this.handle({ kind: "configured", options: transcript.options }, transcript.now);
  }

  /** What the machine gives for an input, in the words of the transcripts. */
  handle(input, at) {
    const { bits = 0, version: given = 0, a = 0, b = 0 } = numbers(input);
    const said = this.#machine.handle(INPUTS.indexOf(input.kind), bits, given, a, b, at);
    const status = (said >> 8) & 3;
    const seeded = input.kind === "mounted" && this.#status === 0 && bits === SOMEBODY;
    if (said & 4 || seeded) this.#version = given >>> 0;
    this.#status = status;
    return this.#words(said, status);
  }

  #words(said, status) {
    const out = {};
    const { wake } = this.#machine;
    if (said & 1) out.abort = true;
    if (said & 2) out.fetch = this.#machine.request;
    if (said & 4) out.take = true;
    if ((said >> 12) & 7) out.tell = this.#told((said >> 12) & 7, said & (1 << 15));
    if (said & 8) out.tellOldClients = true;
    if (said & 32) out.settled = said & 64 ? "fresh" : "failed";
    if (wake < Infinity) out.wake = Math.round(wake);
    if (said & 16) {
      const version = status === 1 ? this.#version : null;
      out.view = { status: STATUSES[status], version, stale: Boolean(said & (1 << 10)) };
    }
    return out;
  }

  #told(kind, somebodyIsNamed) {
    const told = { kind: MESSAGES[kind], stamp: this.#machine.stamp };
    const span = Math.round(this.#machine.span);
    const version = this.#machine.version >>> 0;
    if (told.kind === "failed") told.wait = span;
    if (!somebodyIsNamed) return told;
    return told.kind === "known" ? { ...told, session: { version, lives: span } } : { ...told, version };
  }
}
