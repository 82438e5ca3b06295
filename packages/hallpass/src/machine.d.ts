// The border of the session machine (crates/hallpass-session-js): numbers only. A version is an unsigned 32-bit number,
// as a signed one with the same bits; times are milliseconds.

/** Makes the machine anew. `seed` is any number that differs between tabs, `now` the wall clock. */
export function start(seed: number, now: number): void;

/** Takes what happened, as the input's number and what belongs to it, and answers with bits that say what to do. */
export function handle(kind: number, bits: number, version: number, a: number, b: number, now: number): number;

// What does not fit into bits: each belongs to the last answer of `handle`.

/** How long to sleep; infinite: no timer. */
export let wake: number;

/** The number of the request to make. */
export let request: number;

/** The stamp of the message to tell. */
export let stamp: number;

/** The time span of the message to tell. */
export let span: number;

/** The version that the message to tell names. */
export let version: number;

/**
 * What a sign-in does first, for a provider that is 0 one of a list that cannot be had, 1 unknown, 2 OAuth, 3 email,
 * 4 credentials: 0 open the error page, 1 open the sign-in page, 2 `POST /signin/`, 3 `POST /callback/`.
 */
export function sign_in_start(lookup: number): number;

/**
 * What a sign-in does when it was answered, for `api` 3, 4 or 5, `way` 0 OAuth, 1 email, 2 credentials, and `redirect`
 * 0 no, 1 yes: 0 tell the caller, 1 replace the page, 2 go to the page.
 */
export function sign_in_after(api: number, way: number, redirect: number): number;

/**
 * What a sign-out does when it was answered, for `answer` 0 signed out, 1 unconfirmed, 2 lost: 0 tell the caller,
 * 1 replace the page, 2 go to the page, 3 fail.
 */
export function sign_out_then(api: number, answer: number, redirect: number): number;
