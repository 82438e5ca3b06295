// The Next.js example with the Pages Router as its tests see it: its pages, and what its header says.
import assert from "node:assert/strict";
import { ADA, PASSWORD, openExample } from "./example.mjs";

/** The example with all its ways in, and Ada's account. */
export async function openPagesApp(given) {
  const app = await openExample("nextjs", { mail: true, oidc: true, ...given });
  await app.addAda();
  return app;
}

/** Waits until React has taken the page over, and has run its effects. */
export async function hydrated(page) {
  await page.waitForFunction(() => {
    const brand = document.querySelector(".brand");
    return brand && Object.keys(brand).some((key) => key.startsWith("__reactProps"));
  });
  // Effects run in a message of their own. A message, not a timer: a test may have stopped the clock.
  for (let turn = 0; turn < 3; turn++) {
    await page.evaluate(() => {
      const { port1, port2 } = new MessageChannel();
      return new Promise((done) => {
        port1.onmessage = () => done();
        port2.postMessage(0);
      });
    });
  }
}

/** Opens a page of the app in a tab of its own, and waits until React has taken it over. `prepare` is given the tab. */
export async function open(app, context, path, prepare) {
  const page = await context.newPage();
  await prepare?.(page);
  await page.goto(app.origin + path);
  await hydrated(page);
  return page;
}

/** Waits until the header says `authenticated` or `unauthenticated`. */
export const untilStatus = (page, status) => page.locator(`.account[data-status=${status}]`).waitFor();

/** Counts a tab's requests below /api/auth, as `GET /session`. */
export function asked(page) {
  const list = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/auth/")) list.push(`${request.method()} ${pathname.slice("/api/auth".length)}`);
  });
  return list;
}

/** Writes down everything that the header says while a page is loaded and shown. Call it before; read with `said`. */
export function record(page) {
  return page.addInitScript(() => {
    window.said = [];
    const look = () => {
      const account = document.querySelector(".account");
      const status = account && (account.dataset.status ?? "loading");
      if (status && window.said.at(-1) !== status) window.said.push(status);
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  });
}

/** What the header has said since `record`. */
export const said = (page) => page.evaluate(() => window.said);

/** Asks a question of /ways, `getSession`, `getCsrfToken` or `getProviders`; answers with what the page shows. */
export async function answer(page, name) {
  // The click takes the last answer away before it is over.
  await page.getByRole("button", { name: `${name}()` }).click();
  return JSON.parse(await page.locator("output").textContent());
}

/** Signs Ada in on /ways, without leaving the page. */
export async function signInHere(page, password = PASSWORD) {
  const form = page.locator("form.card");
  await form.getByLabel("Email address").fill(ADA);
  await form.getByLabel("Password").fill(password);
  await form.getByRole("button", { name: "Sign in without leaving" }).click();
}

/** Fills in the built-in sign-in page. */
export async function signInThere(page) {
  await page.waitForURL(/\/api\/auth\/signin/);
  await page.locator("#input-email-for-credentials-provider").fill(ADA);
  await page.locator("#input-password-for-credentials-provider").fill(PASSWORD);
  await page.locator("#input-password-for-credentials-provider").press("Enter");
}

/** Says that nobody is signed in in this browser, by the server. */
export async function isSignedOut(app, context) {
  const session = await (await context.request.get(`${app.origin}/api/auth/session`)).json();
  assert.deepEqual(session, {});
}
