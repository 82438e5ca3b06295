/**
 * The session without a framework, for plain pages, Vue, Svelte and the rest: the same store that the React hooks read.
 *
 * ```js
 * import { getSnapshot, subscribe } from "hallpass/session";
 *
 * const stop = subscribe(() => {
 *   const { status, data } = getSnapshot();
 *   document.body.dataset.session = status === "authenticated" ? data.user.email : status;
 * });
 * ```
 *
 * @module
 */
import { getCsrfToken, getProviders, getSession } from "#reading";
import { choose } from "./address.js";
import { signInAs, signOutAs, type Authorization } from "./signing.js";
import { configure, current, mount, rendered, watch } from "./store.js";
import type {
  ClientOptions,
  Session,
  SessionState,
  SignInOptions,
  SignInResponse,
  SignOutOptions,
  SignOutResponse,
} from "./shapes.js";

export type * from "./shapes.js";
export type { Authorization } from "./signing.js";

/**
 * Calls `listener` whenever {@link getSnapshot} gives something else, until the answer is called. The first listener
 * starts the requests: one, or none if `session` is what the page was rendered with.
 */
export function subscribe(listener: () => void, session?: Session | null): () => void {
  const ends = [watch(() => listener()), mount(rendered(session))];
  return () => ends.splice(0).forEach((end) => end());
}

/** What is known: the same object until something changed. */
export const getSnapshot = (): SessionState => current();

/** Sets the options, those that are not given to their defaults. */
export function setOptions(options?: ClientOptions | null): void {
  choose(options?.basePath);
  configure(options || {});
}

/** As in `hallpass/react`. */
export const signIn = (
  provider?: unknown,
  options?: SignInOptions | null,
  authorization?: Authorization,
): Promise<SignInResponse | undefined> => signInAs(4, provider, options, authorization);

/** As in `hallpass/react`. */
export const signOut = (options?: SignOutOptions | null | object): Promise<SignOutResponse | undefined> =>
  signOutAs(4, options);

export { getSession, getCsrfToken, getProviders };
