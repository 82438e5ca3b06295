// What can go wrong, in words that name the way out.

/**
 * Why the server could not be asked:
 * `request` the call came without a usable request · `address` the URL is not one · `unreachable` nothing answered ·
 * `timeout` no answer in time · `redirect` the answer leads elsewhere · `status` an answer that is no success ·
 * `content` an answer that is not what was asked for, such as HTML.
 */
export type Fault = "request" | "address" | "unreachable" | "timeout" | "redirect" | "status" | "content";

/** The facts of an answer, or of its absence. */
export interface FaultFacts {
  /** What was asked, `GET http://…/session`; not set where it never came to that. */
  asked?: string | undefined;
  /** The HTTP status, where there was an answer. */
  status?: number | undefined;
  /** The content type, where there was an answer. */
  contentType?: string | undefined;
}

/** The server could not be asked. That says nothing about whether somebody is signed in. */
export class AskError extends Error {
  override readonly name: string = "AskError";
  /** Why, as a word to compare with. */
  readonly fault: Fault;
  /** What was asked, `GET http://…/session`. */
  readonly asked: string | undefined;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** The content type, where there was an answer. */
  readonly contentType: string | undefined;

  constructor(fault: Fault, message: string, facts: FaultFacts = {}) {
    super(message);
    this.fault = fault;
    this.asked = facts.asked;
    this.status = facts.status;
    this.contentType = facts.contentType;
  }
}

/** The application or its runtime lacks something, such as the secret. Only its people can change that. */
export class SetupError extends Error {
  override readonly name: string = "SetupError";
}

/** What was last said about each thing that was asked, so that a long outage is one line and not one a request. */
const said = new Map<string, string>();

const about = (error: AskError): string => error.asked ?? error.message;

/** Says in the log what went wrong; the same fault of the same question again only after it has gone well once. */
export function report(error: AskError): void {
  const sentence = `${error.fault} ${error.status ?? ""}`;
  if (said.get(about(error)) === sentence) return;
  said.set(about(error), sentence);
  console.error(`[hallpass] ${error.message}`);
}

/** The question was answered: the next fault is news. */
export function wentWell(asked: string): void {
  said.delete(asked);
}
