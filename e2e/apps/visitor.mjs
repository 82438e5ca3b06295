// A person with a browser in front of an example: what they do on its pages, which are alike in all of them, and what the
// pages asked and showed meanwhile.
import assert from "node:assert/strict";
import { ADA, PASSWORD } from "./example.mjs";

export const NAME = "Ada Lovelace";

/** Runs before any script of a page: notes what its header said, and since when, and what its policy forbade. */
function watchPage() {
  window.headers = [];
  window.since = 0;
  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy: ${event.violatedDirective} forbids ${event.blockedURI} ${event.sample}`);
  });
  // A busy browser reads a page in pieces: a header of which nothing follows yet may be half of one.
  const isRead = (node) => document.readyState !== "loading" || node.nextSibling !== null || (node !== document.body && isRead(node.parentNode));
  new MutationObserver(() => {
    const nav = document.querySelector("nav");
    const text = nav?.textContent;
    if (text === undefined || text === window.headers.at(-1) || !isRead(nav)) return;
    window.headers.push(text);
    window.since = Date.now();
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

/** A browser of its own in which the pages are watched; with Ada signed in if `ada`. */
export async function openBrowser(example, { ada = false, ...options } = {}) {
  const context = ada ? await example.contextOfAda(options) : await example.context(options);
  context.setDefaultTimeout(15_000);
  context.withoutScripts = options.javaScriptEnabled === false;
  await context.addInitScript(watchPage);
  return context;
}

/** A tab at this path. `asked` lists what it asks hallpass for, `expires` is what it was told last. */
export async function openTab(example, context, path = "/") {
  const page = await context.newPage();
  page.asked = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/auth/")) page.asked.push(`${request.method()} ${pathname.slice("/api/auth".length)}`);
  });
  page.on("response", async (answer) => {
    if (!answer.url().endsWith("/api/auth/session")) return;
    const session = await answer.json().catch(() => undefined);
    if (session?.expires) page.expires = Date.parse(session.expires);
  });
  page.answer = await page.goto(example.origin + path);
  if (!context.withoutScripts) await example.taken(page);
  return page;
}

/** How often a tab asked for the session. */
export const reads = (page) => page.asked.filter((line) => line === "GET /session").length;

/** Waits until the header shows Ada. */
export const untilSignedIn = (page, name = NAME) => page.locator("header .who", { hasText: name }).waitFor();

/** Waits until the header offers to sign in. */
export const untilSignedOut = (page) => page.locator("header").getByRole("link", { name: "Sign in" }).waitFor();

export const signOut = (page) => page.locator("header").getByRole("button", { name: "Sign out" }).click();

/** Fills the password form of the example's sign-in page and sends it. */
export async function sendPassword(page, password = PASSWORD) {
  const form = page.locator("form", { has: page.getByLabel("Password") });
  await form.getByLabel("E-mail").fill(ADA);
  await form.getByLabel("Password").fill(password);
  await form.getByRole("button", { name: "Sign in" }).click();
}

const notice = (page) => page.getByRole("status").filter({ hasText: "may be out of date" });

/** Looks at the tab again and again until it says that it may be out of date; glances within two seconds are as one. */
export async function lookUntilStale(page) {
  const shown = notice(page).waitFor().then(() => true);
  const glance = () => page.evaluate(() => void window.dispatchEvent(new Event("focus")));
  const pause = () => new Promise((resolve) => setTimeout(resolve, 200));
  do await glance();
  while (!(await Promise.race([shown, pause()])));
}

/** Waits until the page says that it may be out of date. */
export const untilStale = (page) => notice(page).waitFor();

/** Waits until the page does not say so any more. */
export const untilFresh = (page) => notice(page).waitFor({ state: "detached" });

/**
 * Waits until the tab has nothing left to ask: for as long as a tab leaves a request to the others (`patience` of the
 * session machine, at most 1.8 s for one that is seen), it has asked for nothing.
 */
export async function untilQuiet(page) {
  for (let before; before !== page.asked.length; ) {
    before = page.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** What the header said since the page was loaded; every text once, in order. */
export const headers = (page) => page.evaluate(() => window.headers);

/** What the page's console heard from hallpass. */
export function complaints(page) {
  const heard = [];
  page.on("console", (message) => {
    if (message.text().startsWith("[hallpass]")) heard.push(message.text());
  });
  return heard;
}

/** The policy that came with the page. */
export async function policyOf(page) {
  const policy = await page.answer.headerValue("content-security-policy");
  assert.ok(policy, `${page.url()} came without a policy`);
  return policy;
}
