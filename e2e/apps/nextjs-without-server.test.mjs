// The Next.js example with the Pages Router while hallpass does not answer, or the wrong one does.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { ADA } from "./example.mjs";
import { answer, isSignedOut, open, openPagesApp, untilStatus } from "./pages-app.mjs";

let app;
let ada;
before(async () => {
  app = await openPagesApp({ mail: false, oidc: false });
});
beforeEach(async () => {
  if (app.hallpass.stopped) await app.startHallpass();
  ada = await app.contextOfAda();
});
afterEach(async () => {
  for (const context of app.browser.contexts()) await context.close();
  // What these tests are about: the browser and the client say in the console that nobody answers.
  app.faults = app.faults.filter((fault) => !EXPECTED.test(fault));
});
after(() => app.close());

const EXPECTED = /^error: (Failed to load resource|\[hallpass\]|failed to load chunks)|ChunkLoadError/;
const STALE = "not up to date";
const SESSION = "**/api/auth/session";

test("getServerSideProps answers with its page while hallpass is down, and says in the app's log why", async () => {
  await app.stopHallpass();
  for (const path of ["/members", "/options", "/signin"]) {
    const response = await ada.request.get(app.origin + path);
    assert.equal(response.status(), 200, path);
  }
  assert.match(await (await ada.request.get(`${app.origin}/signin`)).text(), /not possible at the moment/);
  assert.equal((await ada.request.get(`${app.origin}/api/example`)).status(), 401);
  assert.deepEqual(await (await ada.request.get(`${app.origin}/api/csrf`)).json(), { csrfToken: null });
  const log = app.app.lines.join("\n");
  assert.match(log, /\[hallpass\].*\/api\/auth\/session/);
  for (const { value } of await ada.cookies()) assert.ok(!log.includes(value), "a cookie in the log");
});

test("whoever is signed in stays so while hallpass is down, and is up to date when it is back", async () => {
  const page = await open(app, ada, "/ways");
  await untilStatus(page, "authenticated");
  await app.stopHallpass();
  assert.equal((await answer(page, "getSession")).user.email, ADA);
  await page.getByText(STALE).waitFor();
  await untilStatus(page, "authenticated");
  await app.startHallpass();
  await page.getByText(STALE).waitFor({ state: "detached" });
  await untilStatus(page, "authenticated");
});

test("loading ends where nothing is known and nobody answers", async () => {
  await app.stopHallpass();
  const page = await ada.newPage();
  await page.goto(`${app.origin}/`);
  await page.locator(".account[data-status]").getByText(STALE).waitFor();
  assert.equal(await page.getByText("Asking …").count(), 0);
});

test("a password that cannot be sent is told to the page", async () => {
  const page = await open(app, await app.context(), "/ways");
  await untilStatus(page, "unauthenticated");
  await app.stopHallpass();
  const form = page.locator("form.card");
  await form.getByLabel("Email address").fill(ADA);
  await form.getByLabel("Password").fill("whatever it is");
  await form.getByRole("button", { name: "Sign in without leaving" }).click();
  await page.getByText("Try again in a minute.").waitFor();
});

test("HTML in place of a session is no sign-out, and the console says what came and why that may be", async () => {
  const page = await open(app, ada, "/ways");
  await untilStatus(page, "authenticated");
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  const html = { contentType: "text/html", body: "<!doctype html><title>Soon</title>" };
  await page.route(SESSION, (route) => route.fulfill(html));
  assert.equal((await answer(page, "getSession")).user.email, ADA);
  await page.getByText(STALE).waitFor();
  const told = said.filter((line) => /\[hallpass\].*200 text\/html.*<!doctype html>.*base path/.test(line));
  assert.equal(told.length, 1, said.join("\n"));
  await page.unroute(SESSION);
  await answer(page, "getSession");
  await page.getByText(STALE).waitFor({ state: "detached" });
});

test("whoever is offline stays signed in, and is up to date as soon as the browser is online", async () => {
  const page = await open(app, ada, "/ways");
  await untilStatus(page, "authenticated");
  await ada.setOffline(true);
  assert.equal((await answer(page, "getSession")).user.email, ADA);
  await page.getByText(STALE).waitFor();
  await ada.clearCookies();
  await ada.setOffline(false);
  await untilStatus(page, "unauthenticated");
  await isSignedOut(app, ada);
});

test("a restart of hallpass is not noticed", async () => {
  const page = await open(app, ada, "/ways");
  await untilStatus(page, "authenticated");
  await app.stopHallpass();
  await app.startHallpass();
  assert.equal((await answer(page, "getSession")).user.email, ADA);
  assert.equal(await page.getByText(STALE).count(), 0);
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByRole("heading", { name: "Hello, Ada Lovelace!" }).waitFor();
});

test("under default-src 'self' Next.js's inline script needs an exception, and hallpass needs none", async () => {
  const inline = /<script>([^<]+)<\/script>/g;
  await ada.route("**/*", async (route) => {
    if (route.request().resourceType() !== "document") return route.fallback();
    const response = await route.fetch();
    const scripts = [...(await response.text()).matchAll(inline)].map(([, text]) => text);
    const hashes = scripts.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
    const policy = `default-src 'self'; img-src 'self' data:; script-src 'self' ${hashes.join(" ")}`;
    await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": policy } });
  });
  for (const path of ["/", "/members", "/ways", "/signin", "/options"]) {
    const page = await open(app, ada, path);
    await untilStatus(page, "authenticated");
    await page.close();
  }
  assert.deepEqual(app.faults, []);
});
