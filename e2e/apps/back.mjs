// The back button after a sign-out in another tab, which is the same for every example. Playwright turns Chromium's
// back/forward cache off; a Chromium of these tests' own has it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../browser/stage.mjs";
import { openExample } from "./example.mjs";
import { headers, signOut, untilSignedIn, untilSignedOut } from "./visitor.mjs";

/** Notes what the header says from the moment on at which the page is shown again. */
function watchReturn() {
  window.headers = [];
  window.addEventListener("pageshow", ({ persisted }) => {
    window.persisted = persisted;
    window.back = performance.now();
    if (persisted) window.headers = [];
  });
  new MutationObserver(() => {
    const text = document.querySelector("nav")?.textContent;
    if (text === undefined || text === window.headers.at(-1)) return;
    window.headers.push(text);
    window.took = performance.now() - window.back;
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

/** Declares the test; `kept` is whether Chromium keeps the example's pages: not those with `Cache-Control: no-store`. */
export function testBack(name, { kept }) {
  let example;
  let browser;
  before(async () => {
    example = await openExample(name);
    await example.addAda();
    browser = await launch({}, { ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  });
  after(async () => {
    await browser?.close();
    await example?.close();
  });

  test("going back to a page after a sign-out in another tab does not bring the session back", async () => {
    const storageState = await (await example.contextOfAda()).storageState();
    const context = await browser.newContext({ storageState });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    await page.addInitScript(watchReturn);
    await page.goto(`${example.origin}/`);
    await untilSignedIn(page);
    await page.goto(`${example.origin}/api/auth/verify-request`);
    const other = await context.newPage();
    await other.goto(`${example.origin}/`);
    await signOut(other);
    await untilSignedOut(other);
    await page.evaluate(() => history.back());
    // A page out of the cache does not load.
    await page.waitForURL(`${example.origin}/`, { waitUntil: "commit" });
    await untilSignedOut(page);
    // A page that loads again says so at the end of its load, which may come later than its session.
    await page.waitForFunction(() => window.persisted !== undefined);
    const { persisted, took } = await page.evaluate(() => ({ persisted: window.persisted, took: window.took }));
    assert.equal(persisted, kept, "whether the page came out of the back/forward cache");
    const said = await headers(page);
    assert.ok(said.length > 0 && !said.some((text) => text.includes("Ada")), said.join(" · "));
    if (kept) assert.ok(took < 1000, `the old header stood for ${took} ms`);
  });
}
