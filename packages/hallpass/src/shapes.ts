/**
 * What the server's answers look like. An application gives `Session` and `User` its own fields by module augmentation:
 *
 * ```ts
 * declare module "hallpass/client" {
 *   interface User { role: string }
 * }
 * ```
 */
import type { RequestContext } from "./server/request.js";

/** The person who is signed in, as far as a page may know. */
export interface DefaultUser {
  name?: string | null;
  email?: string | null;
  /** The address of a picture. */
  image?: string | null;
}

/** What `session.user` is. Augment it with fields of your own. */
export interface User extends DefaultUser {}

/** A session as the server answers it: enough to show who is signed in, and no secret. */
export interface DefaultSession {
  user?: User;
  /** When it ends, as an ISO 8601 date in UTC with milliseconds. */
  expires: string;
}

/** What `useSession` and `getSession` give. Augment it with fields of your own. */
export interface Session extends DefaultSession {}

/** A way to sign in, as `GET /providers` lists it. */
export interface ProviderEntry {
  id: string;
  name: string;
  /** `oauth`, `email`, `credentials`, and whatever a server adds. */
  type: "oauth" | "oidc" | "email" | "credentials" | (string & {});
  signinUrl: string;
  callbackUrl: string;
}

/** The ways to sign in, by their id, in the order of the configuration. */
export type Providers = Record<string, ProviderEntry>;

/** The claims of a session token. */
export interface DefaultJWT {
  name?: string | null;
  email?: string | null;
  picture?: string | null;
  sub?: string;
  /** When it was written, in seconds since 1970. */
  iat?: number;
  /** When it ends, in seconds since 1970. */
  exp?: number;
  /** The token's own id. */
  jti?: string;
}

/** What `getToken` gives. Augment it with claims of your own. */
export interface JWT extends Record<string, unknown>, DefaultJWT {}

/** What is known of the session. */
export type Status = "loading" | "authenticated" | "unauthenticated";

/** Asks the server to read the session anew, handing `data` to the application's callbacks there. */
export type Update = (data?: unknown) => Promise<Session | null>;

/** What is known besides the session itself. */
export interface SessionFacts {
  readonly update: Update;
  /** What is shown may be out of date: the server could not be asked, or is being asked about a change. */
  readonly stale: boolean;
}

/** Somebody is signed in. */
export type Authenticated = [session: Session, loading: boolean] &
  SessionFacts & { readonly data: Session; readonly status: "authenticated" };

/** Nobody is, or nothing is known: then the session is `undefined`, which next-auth's types call `null`, too. */
export type NotAuthenticated<S = "loading" | "unauthenticated"> = [session: Session | null, loading: boolean] &
  SessionFacts & { readonly data: null; readonly status: S };

/** The session, to be read as `{ data, status, update, stale }` or as `[session, loading]`. */
export type SessionState = Authenticated | NotAuthenticated;

/** What `getSession` takes. */
export interface GetSessionParams extends RequestContext {
  /** Without meaning; taken for compatibility. */
  event?: string;
  /** Without meaning; taken for compatibility. */
  triggerEvent?: boolean;
  /** Without meaning; taken for compatibility. */
  broadcast?: boolean;
}

/** How the session is kept up to date. Times are in seconds; 0 turns a rule off. */
export interface ClientOptions {
  /** Where hallpass answers below this site, `/api/auth` unless set. */
  basePath?: string | undefined;
  /** Without meaning; taken for compatibility. */
  baseUrl?: string | undefined;
  /** How old a session may be before it is read anew. Default 0: never by age alone. */
  clientMaxAge?: number | undefined;
  /** How often one tab of the browser reads the session. Default 0: never. */
  keepAlive?: number | undefined;
  /** Whether focus and visibility of the window read the session. Default true. */
  refetchOnWindowFocus?: boolean | undefined;
  /** Whether reading by `keepAlive` and `clientMaxAge` goes on while the browser is offline. Default true. */
  refetchWhenOffline?: boolean | undefined;
  /** Changes of focus this close together share one request. Default 2; 0: each asks. */
  focusWindow?: number | undefined;
}

/** What `signIn` takes. Everything else is sent to the provider's form fields. */
export interface SignInOptions extends Record<string, unknown> {
  /** Where to go afterwards; the current page unless set. */
  callbackUrl?: string | undefined;
  /** The same, as next-auth 5 names it. */
  redirectTo?: string | undefined;
  /** `false` stays on the page, if the provider can. */
  redirect?: boolean | undefined;
}

/** How a sign-in without a redirect ended. */
export interface SignInResponse {
  /** Why it failed, one of the error codes; `null` if it did not. */
  error: string | null;
  /** The HTTP status; 0 if there was no answer. */
  status: number;
  ok: boolean;
  /** Where the server would have led; `null` after a failure. */
  url: string | null;
}

/** What `signOut` takes. */
export interface SignOutOptions {
  /** Where to go afterwards; the current page unless set. */
  callbackUrl?: string | undefined;
  /** The same, as next-auth 5 names it. */
  redirectTo?: string | undefined;
  /** `false` stays on the page. */
  redirect?: boolean | undefined;
}

/** How a sign-out without a redirect ended. */
export interface SignOutResponse {
  /** Where the server would have led; `null` if it did not answer, and then nobody knows whether it did it. */
  url: string | null;
}

/** What a call on a server is made with. */
export type CtxOrReq = RequestContext;

// The names that next-auth gives to these.
export type {
  Providers as ClientSafeProviders,
  ProviderEntry as ClientSafeProvider,
  SessionState as SessionContextValue,
  SignOutOptions as SignOutParams,
};
