// Signing in and out: the requests and the ways to leave the page. Which of them, the machine's tables say.
import { base } from "./address.js";
import { ask, report, type Answer } from "./ask.js";
import { sign_in_after, sign_in_start, sign_out_then } from "./machine.js";
import { CHANGED, SIGNED_OUT, UNCHANGED, change, drive, getCsrfToken, getSession } from "./store.js";
import type { Providers, SignInOptions, SignInResponse, SignOutOptions, SignOutResponse } from "./shapes.js";

/** Parameters for the provider's own page. */
export type Authorization = string | string[][] | Record<string, string> | URLSearchParams;

/** The ways to leave a page, as the machine numbers them; 0 stays. */
const REPLACE = 1;

/** The ways to sign in, or `null` if the server could not be asked. */
export async function getProviders(): Promise<Providers | null> {
  const answer = await ask("providers");
  return answer?.ok ? (answer.data as Providers) : null;
}

/** Leaves the page. A server that leads to anything but a page on the web is not followed. */
function go(way: number, url: string): void {
  let target = new URL(location.href);
  try {
    target = new URL(url, target);
    if (!/^https?:$/.test(target.protocol)) throw 0;
  } catch {
    report("Sign-in", `the server leads to ${JSON.stringify(url)}, which is no page. Is its url right?`);
    target = new URL(location.href);
  }
  const [there] = target.href.split("#");
  const stays = there === location.href.split("#")[0];
  if (way === REPLACE) location.replace(target);
  else location.assign(target);
  // To another fragment of the same page nothing would load.
  if (target.hash && stays) location.reload();
}

const form = (fields: object): RequestInit => {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value != null) body.set(name, value);
  return { body };
};

const urlOf = (answer: Answer | undefined): string => {
  const url = (answer?.data as { url?: unknown } | undefined)?.url;
  return typeof url === "string" ? url : "";
};

/** Where to come back to. A button's event in the place of options has none. */
const returnTo = (options: { callbackUrl?: string | undefined; redirectTo?: string | undefined }): string =>
  options.redirectTo ?? options.callbackUrl ?? location.href;

/** `signIn` of one generation of the Client API. Never rejects. */
export async function signInAs(
  api: 3 | 4 | 5,
  provider: unknown,
  given: SignInOptions | null | undefined,
  authorization: Authorization | undefined,
): Promise<SignInResponse | undefined> {
  const options = given || {};
  const callbackUrl = returnTo(options);
  const stays = options.redirect === false;
  const providers = await getProviders();
  const id = typeof provider === "string" && providers && Object.keys(providers).includes(provider) && provider;
  const type = id ? providers[id]!.type : "";
  const way = type === "credentials" ? 2 : type === "email" ? 1 : 0;
  const first = sign_in_start(providers ? (id ? way : 4) : 3);
  const fail = (answer?: Answer): SignInResponse | undefined =>
    stays
      ? { error: "FetchError", status: answer ? answer.status : 0, ok: false, url: null }
      : void go(api === 3 ? REPLACE : 2, `${base()}/error`);
  if (first === 0) return fail();
  if (first === 1) return void go(api === 3 ? REPLACE : 2, `${base()}/signin?callbackUrl=${encodeURIComponent(callbackUrl)}`);
  const query = new URLSearchParams(authorization).toString();
  const answer = await change(
    `${first === 3 ? "callback" : "signin"}/${encodeURIComponent(id as string)}${query && "?"}${query}`,
    (csrfToken) => form({ ...options, csrfToken, callbackUrl, json: true }),
  );
  const url = urlOf(answer);
  const error = url ? new URL(url, location.href).searchParams.get("error") : null;
  drive(!answer ? CHANGED : answer.ok && !error && way ? CHANGED : UNCHANGED);
  if (!answer) return fail();
  const then = sign_in_after(api, way, stays ? 0 : 1);
  if (then) return void go(then, url || callbackUrl);
  if (answer.ok && !error) await getSession();
  return { error, status: answer.status, ok: answer.ok, url: error ? null : url };
}

/** `signOut` of one generation of the Client API. Never rejects. */
export async function signOutAs(api: 3 | 4 | 5, given: SignOutOptions | null | undefined): Promise<SignOutResponse | undefined> {
  const options = given || {};
  const callbackUrl = returnTo(options);
  const answer = await change("signout", (csrfToken) => form({ csrfToken, callbackUrl, json: true }));
  const url = urlOf(answer);
  const ending = !answer?.ok ? 2 : /[?&]csrf=true/.test(url) ? 1 : 0;
  drive([SIGNED_OUT, UNCHANGED, CHANGED][ending]!);
  const then = sign_out_then(api, ending, options.redirect === false ? 0 : 1);
  if (then === 1 || then === 2) return void go(then, url || callbackUrl);
  return { url: url || null };
}

export { getCsrfToken };
