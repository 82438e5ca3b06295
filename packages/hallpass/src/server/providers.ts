// The ways to sign in, as hallpass lists them.
import { Path } from "../wire.js";
import type { Providers } from "../shapes.js";
import { ask, asked, orNull, unexpected, type AskOptions } from "./question.js";

const isList = (data: unknown): data is Providers =>
  typeof data === "object" &&
  data !== null &&
  !Array.isArray(data) &&
  Object.values(data).every((entry) => typeof (entry as { id?: unknown } | null)?.id === "string");

/**
 * The ways to sign in, by their id, in the order of the configuration; `null` if the server cannot be asked, as
 * {@link getSession} does. No cookie is sent: the list is the same for everybody.
 */
export async function getProviders(options: AskOptions = {}): Promise<Providers | null> {
  try {
    const answer = await ask(Path.Providers, undefined, options);
    if (!isList(answer.data)) throw unexpected(Path.Providers, answer);
    return answer.data;
  } catch (error) {
    return orNull(asked(error), options.onError);
  }
}
