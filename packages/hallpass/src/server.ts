/**
 * hallpass on a server of the application: who sends a request?
 *
 * - {@link getSession} asks hallpass, which knows of every sign-out and prolongs a session that is in use.
 * - {@link getToken} opens the cookie with the secret and asks nobody.
 * - {@link getProviderToken} asks it for what a provider handed out.
 * - {@link hooks} answers hallpass when it asks the application.
 *
 * For Node.js and for edge runtimes: only what the Web has, and no dependency.
 *
 * @module
 */
export { getSession, readSession, type SessionAnswer } from "./server/session.js";
export { getCsrfToken, readCsrfToken, type CsrfAnswer } from "./server/csrf.js";
export { getProviders } from "./server/providers.js";
export { getToken, type GetTokenOptions } from "./server/token.js";
export {
  getProviderToken,
  type ProviderTokenAnswer,
  type ProviderTokenOptions,
} from "./server/provider-token.js";
export {
  AuthorizeError,
  hooks,
  type AuthorizedUser,
  type HookAccount,
  type HookCallbacks,
  type HookDelivery,
  type HookEvents,
  type HooksHandler,
  type HooksOptions,
  type HookUser,
} from "./server/hooks.js";
export { AskError, SetupError, type Fault } from "./server/fault.js";
export type { AddressOptions } from "./server/address.js";
export type { AskOptions } from "./server/question.js";
export type { CookiesLike, From, HeadersLike, RequestContext, RequestLike, ResponseLike } from "./server/request.js";
export type {
  DefaultJWT,
  DefaultSession,
  DefaultUser,
  JWT,
  ProviderEntry,
  Providers,
  Session,
  User,
} from "./shapes.js";
