"use client";
/**
 * The Client API with the names of `next-auth/react`, versions 4 and 5.
 *
 * ```jsx
 * import { SessionProvider, useSession } from "hallpass/react";
 *
 * function Who() {
 *   const { data, status } = useSession({ required: true });
 *   return status === "loading" ? null : <p>Signed in as {data.user.email}</p>;
 * }
 * ```
 *
 * @module
 */
import React from "react";
import type { ReactElement, ReactNode } from "react";
import { base } from "./address.js";
import { PATIENCE } from "./ask.js";
import { Provider, useSession as useState } from "./hooks.js";
import { getCsrfToken, getProviders, getSession } from "#reading";
import { signInAs, signOutAs, type Authorization } from "./signing.js";
import { Path } from "./wire.js";
import type {
  Authenticated,
  ClientOptions,
  NotAuthenticated,
  Session,
  SessionState,
  SignInOptions,
  SignInResponse,
  SignOutOptions,
  SignOutResponse,
} from "./shapes.js";

export type * from "./shapes.js";
export type { Authorization, Authorization as SignInAuthorizationParams } from "./signing.js";

/** What a `SessionProvider` takes. */
export interface SessionProviderProps extends ClientOptions {
  children?: ReactNode;
  /** The session that the page was rendered with; `null`: nobody is signed in; `undefined`: not known. */
  session?: Session | null | undefined;
  /** How often one tab of the browser reads the session, in seconds. The same as `keepAlive`. */
  refetchInterval?: number | undefined;
}

/** The state of the session, for `useContext`. */
const SessionContext = React.createContext<SessionState | undefined>(undefined);

function Known({ children }: { children?: ReactNode }): ReactElement {
  return React.createElement(SessionContext.Provider, { value: useState() }, children);
}

/** Hands the session that a page was rendered with to all components below, and keeps it up to date. */
function SessionProvider(props: SessionProviderProps): ReactElement {
  const { children, session, refetchInterval, ...options } = props;
  if (refetchInterval) options.keepAlive = refetchInterval;
  return React.createElement(Provider, { session, options }, React.createElement(Known, null, children));
}

/**
 * How long nobody is led to the sign-in page, in milliseconds: a sign-out leads elsewhere, and of two ways a browser
 * takes the later one. Not for ever, because one may lead nowhere, as to a download.
 */
let leaving = 0;

/** What `useSession` takes. */
export interface UseSessionOptions<R extends boolean = boolean> {
  /** Whoever is not signed in is led to the sign-in page, and `status` stays `"loading"` until then. */
  required?: R | undefined;
  /** What to do instead of leading to the sign-in page. */
  onUnauthenticated?: (() => void) | undefined;
}

/** The session, as `{ data, status, update, stale }` or `[session, loading]`. */
function useSession<R extends boolean = false>(
  options?: UseSessionOptions<R>,
): R extends true ? Authenticated | NotAuthenticated<"loading"> : SessionState;
function useSession(options?: UseSessionOptions): SessionState {
  const state = useState();
  const { required, onUnauthenticated } = options || {};
  const nobody = required && state.data === null;
  // That nobody could be asked is no reason to send somebody away.
  const away = nobody && !state.stale;
  React.useEffect(() => {
    if (!away) return;
    if (onUnauthenticated) return void onUnauthenticated();
    const timer = setTimeout(async () => {
      // A page that is back may have been left for signing in.
      if (leaving && (await getSession())) return;
      location.assign(`${base()}${Path.SignIn}?error=SessionRequired&callbackUrl=${encodeURIComponent(location.href)}`);
    }, leaving);
    return () => clearTimeout(timer);
    // An inline function is another one at every render, and is to be called once.
  }, [away]);
  return nobody ? waiting(state) : state;
}

const waiting = ({ update, stale }: SessionState): SessionState =>
  Object.assign([null, true], { data: null, status: "loading", update, stale }) as NotAuthenticated;

/** `redirectTo` is next-auth 5's word, and brings its way along: no provider leads away with `redirect: false`. */
const generation = (options: object | null | undefined): 4 | 5 => ((options as SignOutOptions | null | undefined)?.redirectTo === undefined ? 4 : 5);

/**
 * Signs in: with the provider of this id, or at the sign-in page if there is none. Leaves the page, unless `redirect`
 * is `false` and the provider can do without. `options` are sent along as form fields, `authorization` to the
 * provider's page.
 */
const signIn = (
  provider?: unknown,
  options?: SignInOptions | null,
  authorization?: Authorization,
): Promise<SignInResponse | undefined> => signInAs(generation(options), provider, options, authorization);

/** Signs out, in every tab, and leaves for `callbackUrl`, or reloads the page; with `redirect: false` it stays. */
const signOut = async (options?: SignOutOptions | null | object): Promise<SignOutResponse | undefined> => {
  leaving = (options as SignOutOptions | null | undefined)?.redirect === false ? 0 : PATIENCE;
  const stays = await signOutAs(generation(options), options);
  if (stays) leaving = 0;
  return stays;
};

export { SessionContext, SessionProvider, useSession, getSession, getCsrfToken, getProviders, signIn, signOut };
