"use client";
/**
 * The Client API with the names of `next-auth/client`: change the import, and nothing else.
 *
 * ```jsx
 * import { Provider, useSession, signIn, signOut } from "hallpass/client";
 *
 * function Who() {
 *   const [session, loading] = useSession();
 *   if (loading) return null;
 *   return session ? <button onClick={signOut}>Sign out</button> : <button onClick={signIn}>Sign in</button>;
 * }
 * ```
 *
 * @module
 */
import { choose } from "./address.js";
import { Provider, useSession } from "./hooks.js";
import { getCsrfToken, getProviders, getSession } from "#reading";
import { signInAs, signOutAs, type Authorization } from "./signing.js";
import { configure } from "./store.js";
import type { ClientOptions, SignInOptions, SignInResponse, SignOutOptions, SignOutResponse } from "./shapes.js";

export type * from "./shapes.js";
export type { ProviderProps } from "./hooks.js";
export type { Authorization, Authorization as SignInAuthorizationParams } from "./signing.js";

/**
 * Signs in: with the provider of this id, or at the sign-in page if there is none. Leaves the page, unless `redirect`
 * is `false` and the provider can do without. `options` are sent along as form fields, `authorization` to the
 * provider's page.
 */
const signIn = (
  provider?: unknown,
  options?: SignInOptions | null,
  authorization?: Authorization,
): Promise<SignInResponse | undefined> => signInAs(3, provider, options, authorization);

/** Signs out, in every tab, and leaves for `callbackUrl`, or reloads the page; with `redirect: false` it stays. */
const signOut = (options?: SignOutOptions | null | object): Promise<SignOutResponse | undefined> =>
  signOutAs(3, options);

let chosen: ClientOptions = {};

/** Sets options outside a `Provider`. What is not named stays as it is. */
function setOptions(options?: ClientOptions | null): void {
  choose(options?.basePath);
  configure((chosen = { ...chosen, ...options }));
}

export {
  Provider,
  useSession,
  getSession,
  getCsrfToken,
  getProviders,
  signIn,
  signOut,
  setOptions,
  getSession as session,
  getCsrfToken as csrfToken,
  getProviders as providers,
  signIn as signin,
  signOut as signout,
  setOptions as options,
};

export default {
  getSession,
  getCsrfToken,
  getProviders,
  useSession,
  signIn,
  signOut,
  Provider,
  setOptions,
  options: setOptions,
  session: getSession,
  providers: getProviders,
  csrfToken: getCsrfToken,
  signin: signIn,
  signout: signOut,
};
