// Written from the crate hallpass-wire by its test `the_typescript_constants_are_the_wires`. Do not edit:
// HALLPASS_BLESS=1 cargo test -p hallpass-wire --test typescript

/** Where the endpoints are mounted unless the configuration says otherwise. */
export const DEFAULT_BASE_PATH = "/api/auth";

/** The endpoints, below the base path. */
export const enum Path {
  /** Who is signed in. */
  Session = "/session",
  /** The anti-forgery token. */
  Csrf = "/csrf",
  /** Which ways to sign in there are. */
  Providers = "/providers",
  /** The sign-in page; with a provider's id after it, the start of a sign-in. */
  SignIn = "/signin",
  /** A new user with a password. */
  SignUp = "/signup",
  /** Where a sign-in comes back; a provider's id follows. */
  Callback = "/callback",
  /** The end of a session. */
  SignOut = "/signout",
  /** "Check your mail". */
  VerifyRequest = "/verify-request",
  /** What went wrong, in words. */
  Error = "/error",
  /** Where clients report their errors. */
  Log = "/_log",
}

/** The field that carries the anti-forgery token. */
export const CSRF_FIELD = "csrfToken";

/** The field, and query parameter, that says where to go afterwards. */
export const CALLBACK_URL_FIELD = "callbackUrl";

/** The field that asks for redirects as JSON, with the value `true`. */
export const JSON_FIELD = "json";

/** The header that asks for redirects as JSON, with any value. */
export const RETURN_REDIRECT_HEADER = "x-auth-return-redirect";

/** The header that answers with the anti-forgery token: to a read, and to a form refused for its token. */
export const CSRF_HEADER = "x-hallpass-csrf";

/** The session token, over https, in next-auth 3 and 4. */
export const SECURE_SESSION_COOKIE = "__Secure-next-auth.session-token";

/** The session token, over https, in Auth.js 5. */
export const SECURE_AUTHJS_SESSION_COOKIE = "__Secure-authjs.session-token";

/** Where to go after sign-in, over https, in next-auth 3 and 4. */
export const SECURE_CALLBACK_URL_COOKIE = "__Secure-next-auth.callback-url";

/** Where to go after sign-in, over https, in Auth.js 5. */
export const SECURE_AUTHJS_CALLBACK_URL_COOKIE = "__Secure-authjs.callback-url";

/** The anti-forgery token and its hash, over https, in next-auth 3 and 4. */
export const SECURE_CSRF_COOKIE = "__Host-next-auth.csrf-token";

/** The anti-forgery token and its hash, over https, in Auth.js 5. */
export const SECURE_AUTHJS_CSRF_COOKIE = "__Host-authjs.csrf-token";

/** The session token, over http, in next-auth 3 and 4. */
export const SESSION_COOKIE = "next-auth.session-token";

/** The session token, over http, in Auth.js 5. */
export const AUTHJS_SESSION_COOKIE = "authjs.session-token";

/** Where to go after sign-in, over http, in next-auth 3 and 4. */
export const CALLBACK_URL_COOKIE = "next-auth.callback-url";

/** Where to go after sign-in, over http, in Auth.js 5. */
export const AUTHJS_CALLBACK_URL_COOKIE = "authjs.callback-url";

/** The anti-forgery token and its hash, over http, in next-auth 3 and 4. */
export const CSRF_COOKIE = "next-auth.csrf-token";

/** The anti-forgery token and its hash, over http, in Auth.js 5. */
export const AUTHJS_CSRF_COOKIE = "authjs.csrf-token";

/** What HKDF is told of the key that seals a session (the salt is empty). */
export const SESSION_KEY_INFO = "NextAuth.js Generated Encryption Key";

/** The codes of `?error=`. */
export const ERROR_CODES = [
  "Configuration",
  "AccessDenied",
  "Verification",
  "Default",
  "Signin",
  "OAuthSignin",
  "OAuthCallback",
  "OAuthCreateAccount",
  "EmailCreateAccount",
  "Callback",
  "OAuthAccountNotLinked",
  "EmailSignin",
  "CredentialsSignin",
  "SessionRequired",
] as const;

/** A code of `?error=`. */
export type ErrorCode = (typeof ERROR_CODES)[number];
