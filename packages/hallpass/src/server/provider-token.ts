// What asks a provider in the name of whoever is signed in.
import { variable } from "./environment.js";
import { AskError, SetupError } from "./fault.js";
import { ask, asked, unexpected, type AskOptions } from "./question.js";
import { caller, type From } from "./request.js";

/** How to ask for a provider's token. */
export interface ProviderTokenOptions extends Omit<AskOptions, "onError" | "res"> {
  /** `provider_tokens.secret` of hallpass's configuration. Default: `HALLPASS_PROVIDER_TOKENS_SECRET`. */
  secret?: string | undefined;
}

/** A token, or why there is none. */
export type ProviderTokenAnswer =
  | { status: "ready"; accessToken: string; expires: string | null; scope: string | null }
  /**
   * `unauthenticated` nobody is signed in · `missing` no token of this provider is kept for this user · `expired` the person
   * has to sign in with the provider again: `signIn(provider)` · `unknown` hallpass or the provider cannot be asked now.
   */
  | { status: "unauthenticated" | "missing" | "expired"; accessToken: null }
  | { status: "unknown"; accessToken: null; error: AskError };

const WITHOUT: Record<number, "unauthenticated" | "missing" | "expired"> = {
  401: "unauthenticated",
  404: "missing",
  409: "expired",
};

/**
 * A token of a provider that is good for a minute at least, renewed where it ran out: for asking the provider in the name
 * of whoever is signed in. On a server only; keep it away from the browser. Never rejects for the server's sake.
 *
 * ```ts
 * const { status, accessToken } = await getProviderToken(request, "github");
 * if (status !== "ready") return new Response("Connect GitHub first.", { status: 403 });
 * const repositories = await fetch("https://api.github.com/user/repos", {
 *   headers: { authorization: `Bearer ${accessToken}` },
 * });
 * ```
 */
export async function getProviderToken(
  from: From | PromiseLike<From>,
  provider: string,
  options: ProviderTokenOptions = {},
): Promise<ProviderTokenAnswer> {
  const secret = options.secret ?? variable("HALLPASS_PROVIDER_TOKENS_SECRET");
  if (!secret) {
    throw new SetupError(
      "getProviderToken() needs provider_tokens.secret of hallpass's configuration: set HALLPASS_PROVIDER_TOKENS_SECRET " +
        "for this process too, or call it with `secret`.",
    );
  }
  const path = `/provider-token/${encodeURIComponent(provider)}`;
  try {
    const { cookie } = await caller(from);
    if (!cookie) return { status: "unauthenticated", accessToken: null };
    const answer = await ask(path, cookie, options, secret);
    const { accessToken, expires = null, scope = null } = (answer.data ?? {}) as Record<string, string | null>;
    if (typeof accessToken !== "string") throw unexpected(path, answer);
    return { status: "ready", accessToken, expires, scope };
  } catch (thrown) {
    const error = asked(thrown);
    const status = WITHOUT[error.status ?? 0];
    return status ? { status, accessToken: null } : { status: "unknown", accessToken: null, error };
  }
}
