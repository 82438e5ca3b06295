// Signing in and out: the requests and the ways to leave the page. Which of them, the machine's tables say.
import { base } from "./address.js";
import { ask, report } from "./ask.js";
import { Happened } from "./happened.js";
import { sign_in_after, sign_in_start, sign_out_then } from "./machine.js";
import { change, drive, getSession } from "./store.js";
import { Path } from "./wire.js";
import type { Providers, SignInOptions, SignInResponse, SignOutOptions, SignOutResponse } from "./shapes.js";

/** Parameters for the provider's own page. */
export type Authorization = string | string[][] | Record<string, string> | URLSearchParams;

/** The machine's number for leaving a page that is not to be kept in the history. */
const REPLACE = 1;

/** The ways to sign in, or `null` if the server could not be asked. */
export async function getProviders(): Promise<Providers | null> {
  const answer = await ask(Path.Providers);
  return answer?.ok ? (answer.data as Providers) : null;
}

/** Where a URL of the server's leads; to this page if it is none. */
function there(url: string): URL {
  try {
    const target = new URL(url, location.href);
    if (/^https?:$/.test(target.protocol)) return target;
  } catch {
    // Reported below.
  }
  report(url, "not an http URL", "");
  return new URL(location.href);
}

/** Leaves the page. */
function go(way: number, url: string): void {
  const target = there(url);
  const [page, fragment] = target.href.split("#");
  const [here] = location.href.split("#");
  location[way === REPLACE ? "replace" : "assign"](target);
  // To another fragment of the same page nothing would load.
  if (fragment != null && page === here) location.reload();
}

/** Where to come back to. A button's event in the place of options has none. */
const returnTo = (options: { callbackUrl?: string | undefined; redirectTo?: string | undefined }): string =>
  options.redirectTo ?? options.callbackUrl ?? location.href;

/** What an answer's URL says that went wrong. The page to come back to may have an error of its own in its address. */
function fault(url: string, callbackUrl: string): string | null {
  const { href, searchParams } = there(url);
  const error = searchParams.get("error") || (searchParams.get("csrf") && "MissingCSRF");
  return error && url && href !== there(callbackUrl).href ? error : null;
}

/** `signIn` of one generation of the Client API, for a page. Never rejects there. */
export async function signInAs(
  api: 3 | 4 | 5,
  provider: unknown,
  given: SignInOptions | null | undefined,
  authorization: Authorization | undefined,
): Promise<SignInResponse | undefined> {
  const options = given || {};
  const callbackUrl = returnTo(options);
  const redirects = +(options.redirect !== false);
  const leave = (page: string): void => go(sign_in_after(api, 0, 1), base() + page);
  const fail = (): SignInResponse | void =>
    redirects ? leave(Path.Error) : { error: "FetchError", status: 0, ok: false, url: null };

  const providers = await getProviders();
  const id = provider as string;
  const known = new Map(Object.entries(providers || {})).get(id);
  const way = ["email", "credentials"].indexOf(known?.type!) + 1;
  const first = sign_in_start(known ? way + 2 : +!!providers);
  if (!first) return fail() as SignInResponse;
  if (first === 1) return void leave(`${Path.SignIn}?callbackUrl=${encodeURIComponent(callbackUrl)}`);

  const query = new URLSearchParams(authorization).toString();
  const place = `${first === 2 ? Path.SignIn : Path.Callback}/${encodeURIComponent(id)}`;
  const answer = await change(place + (query && `?${query}`), { ...options, callbackUrl, json: true });
  const url = answer?.url || "";
  const error = fault(url, callbackUrl);
  const good = answer?.ok && !error;
  drive(answer && (!good || !way) ? Happened.Unchanged : Happened.Changed);
  if (!answer) return fail() as SignInResponse;
  const then = sign_in_after(api, way, redirects);
  if (then) return void go(then, url);
  if (good) await getSession();
  return { error, status: answer.status, ok: answer.ok, url: error ? null : there(url).href };
}

/** `signOut` of one generation of the Client API, for a page. Never rejects there. */
export async function signOutAs(
  api: 3 | 4 | 5,
  given: SignOutOptions | null | undefined,
): Promise<SignOutResponse | undefined> {
  const options = given || {};
  const callbackUrl = returnTo(options);
  const answer = await change(Path.SignOut, { callbackUrl, json: true });
  const url = answer?.url || "";
  const ending = answer?.ok ? +!!fault(url, callbackUrl) : 2;
  // Signed out, unchanged, changed: the other way round they follow each other.
  drive(Happened.SignedOut - ending);
  const then = sign_out_then(api, ending, +(options.redirect !== false));
  if (then && then < 3) return void go(then, url);
  return { url: url || null };
}
