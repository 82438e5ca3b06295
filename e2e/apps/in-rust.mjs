// What an example in Rust promises beside what every example does: its pages are rendered on the server, by the process that hallpass
// is in, and do without JavaScript. The same for Leptos, Dioxus and Yew.
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { after, before, test } from "node:test";
import { ADA, PASSWORD, openExample } from "./example.mjs";
import { testTabs } from "./tabs.mjs";
import { headers, openBrowser, openTab, reads, sendPassword, signOut, untilQuiet, untilSignedIn, untilSignedOut } from "./visitor.mjs";
import { testWaysIn } from "./ways-in.mjs";

const SIGNED_IN = "ProtectedServerAda LovelaceSign out";
const STRANGER = "ProtectedServerSign in";

/** Addresses that some router takes for the protected page. */
const SPELLINGS = [
  "/protected",
  "/protected/",
  "/protected/more",
  "/%70rotected",
  "/protected%2F",
  "//protected",
  "//elsewhere.example/protected",
  "/\\elsewhere.example/protected",
  "/./protected",
  "/x/../protected",
  "/x/%2e%2e/protected",
];

/** What this address is answered as it stands here: a browser, and `fetch`, would send it cleaned up. */
async function answerTo(example, path, cookie = "") {
  const request = http.get({ host: "localhost", port: example.port, path, headers: { accept: "text/html", cookie } });
  const [answer] = await once(request, "response");
  answer.resume();
  return { status: answer.statusCode, location: answer.headers.location ?? "" };
}

/** Declares the tests for this example. */
export function testInRust(name) {
  let example;
  before(async () => {
    example = await openExample(name, { mail: true, oidc: true });
    await example.addAda();
  });
  after(() => example?.close());

  testWaysIn(() => example);
  testTabs(() => example);

  const plain = (options) => openBrowser(example, { javaScriptEnabled: false, ...options });

  test("the page is sent with the session in it: nothing is asked, nothing flashes", async () => {
    const page = await openTab(example, await openBrowser(example, { ada: true }));
    assert.match(await page.answer.text(), /class="who"[^>]*>(<!--[^>]*-->)*Ada Lovelace/);
    await untilSignedIn(page);
    await page.waitForLoadState("networkidle");
    assert.deepEqual(page.asked, []);
    assert.deepEqual(await headers(page), [SIGNED_IN]);
    assert.equal(JSON.parse(await page.locator("#session").textContent()).user.email, ADA);
  });

  test("a stranger's page is sent as that: nothing is asked, nothing flashes", async () => {
    const page = await openTab(example, await openBrowser(example));
    assert.match(await page.answer.text(), /Hello, stranger/);
    await page.waitForLoadState("networkidle");
    assert.deepEqual(page.asked, []);
    assert.deepEqual(await headers(page), [STRANGER]);
  });

  test("an answer that shows who is signed in is kept by no cache", async () => {
    const page = await openTab(example, await openBrowser(example, { ada: true }));
    assert.equal(await page.answer.headerValue("cache-control"), "private, no-store");
    assert.match(await page.answer.headerValue("vary"), /Cookie/);
  });

  test("from page to page nothing is asked either, and the page stays", async () => {
    const page = await openTab(example, await openBrowser(example, { ada: true }));
    await page.evaluate(() => void (window.sameDocument = true));
    await page.getByRole("link", { name: "Protected" }).click();
    await page.getByRole("heading", { name: "Only for you" }).waitFor();
    await page.locator("a.mark").click();
    await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
    assert.equal(await page.evaluate(() => window.sameDocument), true);
    assert.equal(reads(page), 0, page.asked.join());
    assert.deepEqual(await headers(page), [SIGNED_IN]);
  });

  test("reading the session again changes nothing when nothing changed", async () => {
    const page = await openTab(example, await openBrowser(example, { ada: true }));
    const answered = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/session"));
    await page.getByRole("button", { name: "Read it again" }).click();
    await answered;
    await page.locator("button:not([disabled])", { hasText: "Read it again" }).waitFor();
    assert.deepEqual(await headers(page), [SIGNED_IN]);
  });

  test("the guard sends a stranger to the sign-in page, and the sign-in leads back", async () => {
    const page = await openTab(example, await openBrowser(example), "/protected?from=here");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    await sendPassword(page);
    await page.waitForURL(`${example.origin}/protected?from=here`);
    await page.getByRole("heading", { name: "Only for you" }).waitFor();
    await page.getByText(ADA).waitFor();
    await untilSignedIn(page);
  });

  test("a link to the protected page is guarded like its address", async () => {
    const page = await openTab(example, await openBrowser(example));
    await page.getByRole("link", { name: "Protected" }).click();
    await page.waitForURL(/\/sign-in\?/);
    await page.getByLabel("Password").waitFor();
  });

  test("no spelling of the protected page's address leads a stranger there, and none shuts out whoever is signed in", async () => {
    const cookies = await (await openBrowser(example, { ada: true })).cookies();
    const ada = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    for (const path of SPELLINGS) {
      const stranger = await answerTo(example, path);
      assert.equal(stranger.status, 302, path);
      assert.match(stranger.location, /\/signin\?callbackUrl=/, path);
      const { status, location } = await answerTo(example, path, ada);
      assert.ok([200, 404].includes(status), `${path}: ${status} ${location}`);
    }
    assert.equal((await answerTo(example, "/protected", ada)).status, 200);
    assert.equal((await answerTo(example, "/", "")).status, 200);
  });

  test("a cookie that is no session is a stranger's", async () => {
    const context = await openBrowser(example);
    await context.addCookies([{ name: "next-auth.session-token", value: "forged", url: example.origin }]);
    const page = await openTab(example, context, "/protected");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    assert.doesNotMatch(await page.content(), /Only for you/);
  });

  test("whoever signs out on the protected page, here or in another tab, is led away from it", async () => {
    const context = await openBrowser(example, { ada: true });
    const [page, other] = [await openTab(example, context, "/protected"), await openTab(example, context, "/protected")];
    await signOut(page);
    for (const tab of [page, other]) {
      await tab.waitForURL(/\/sign-in\?/);
      await untilSignedOut(tab);
      await tab.getByText("Only for you").waitFor({ state: "detached" });
    }
  });

  test("a server function keeps a note for whoever is signed in", async () => {
    const page = await openTab(example, await openBrowser(example, { ada: true }), "/protected");
    await page.getByLabel("A note to yourself").fill("the engine weaves");
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByText("Kept.").waitFor();
    const again = await openTab(example, await openBrowser(example, { ada: true }), "/protected");
    assert.equal(await again.getByLabel("A note to yourself").inputValue(), "the engine weaves");
  });

  test("a server function is refused to somebody whose session is over", async () => {
    const context = await openBrowser(example, { ada: true });
    const page = await openTab(example, context, "/protected");
    await context.clearCookies();
    await page.getByLabel("A note to yourself").fill("never");
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByText("You are not signed in any more. Nothing was kept.").waitFor();
    const again = await openTab(example, await openBrowser(example, { ada: true }), "/protected");
    assert.notEqual(await again.getByLabel("A note to yourself").inputValue(), "never");
  });

  test("a server function signs in and out, and every tab follows", async () => {
    const context = await openBrowser(example);
    const other = await openTab(example, context);
    const page = await openTab(example, context, "/server");
    await page.getByLabel("E-mail").fill(ADA);
    await page.getByLabel("Password").fill("wrong password");
    await page.getByRole("button", { name: "Sign in on the server" }).click();
    await page.getByText("No account has this address and this password.").waitFor();
    await page.getByLabel("E-mail").fill(ADA);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in on the server" }).click();
    for (const tab of [page, other]) await untilSignedIn(tab);
    await page.getByRole("button", { name: "Sign out on the server" }).click();
    for (const tab of [page, other]) await untilSignedOut(tab);
  });

  test("whoever is signed in is not led to another site by the sign-in page", async () => {
    const context = await openBrowser(example, { ada: true });
    for (const callbackUrl of ["//elsewhere.example/", "http://elsewhere.example/", "/\\elsewhere.example", "http://["]) {
      const page = await openTab(example, context, `/sign-in?callbackUrl=${encodeURIComponent(callbackUrl)}`);
      await page.waitForURL((url) => url.pathname !== "/sign-in");
      assert.equal(new URL(page.url()).origin, example.origin);
    }
  });

  test("a page that is not there says so, and knows who is signed in", async () => {
    const page = await openTab(example, await openBrowser(example, { ada: true }), "/nowhere");
    assert.equal(page.answer.status(), 404);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await untilSignedIn(page);
    example.forgive(/status of 404/);
  });

  test("without JavaScript a password signs in, leads back, keeps a note, and signs out", async () => {
    const page = await openTab(example, await plain(), "/protected");
    await sendPassword(page, "wrong password");
    await page.getByRole("alert").filter({ hasText: "No account has this address" }).waitFor();
    await sendPassword(page);
    await page.waitForURL(/\/protected$/);
    await page.getByRole("heading", { name: "Only for you" }).waitFor();
    await page.getByLabel("A note to yourself").fill("without a script");
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("status").filter({ hasText: "Kept." }).waitFor();
    assert.equal(await page.getByLabel("A note to yourself").inputValue(), "without a script");
    await page.goto(`${example.origin}/protected`);
    assert.equal(await page.getByLabel("A note to yourself").inputValue(), "without a script");
    assert.equal(await page.getByText("Kept.").count(), 0);
    await signOut(page);
    await untilSignedOut(page);
    await page.goto(`${example.origin}/protected`);
    await page.waitForURL(/\/sign-in\?/);
  });

  test("without JavaScript a link by mail signs in", async () => {
    const page = await openTab(example, await plain(), "/sign-in");
    const form = page.locator("form", { has: page.getByRole("button", { name: "Send me a link" }) });
    await form.getByLabel("E-mail").fill("emmy.noether@mail.example");
    await form.getByRole("button").click();
    await page.waitForURL(/verify-request/);
    await page.goto(await example.link());
    await page.getByRole("button").click();
    await untilSignedIn(page, "emmy.noether@mail.example");
  });

  test("without JavaScript a provider signs in and leads back", async () => {
    const page = await openTab(example, await plain(), "/protected");
    await page.getByRole("button", { name: "Continue with Example Identity" }).click();
    await page.getByRole("button", { name: /Grace Hopper/ }).click();
    await page.waitForURL(/\/protected$/);
    await page.getByText("grace@example.com").waitFor();
  });

  test("without JavaScript a server function signs in and out", async () => {
    const context = await plain();
    const page = await openTab(example, context, "/server");
    await page.getByLabel("E-mail").fill(ADA);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in on the server" }).click();
    await untilSignedIn(page);
    await page.goto(`${example.origin}/server`);
    await page.getByRole("button", { name: "Sign out on the server" }).click();
    await untilSignedOut(page);
  });

  test("another site can neither sign out by a server function nor by a form", async () => {
    const context = await openBrowser(example, { ada: true });
    const page = await openTab(example, context, "/server");
    const sent = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request));
    await page.getByRole("button", { name: "Sign out on the server" }).click();
    await untilSignedOut(page);
    await untilQuiet(page);
    const again = await example.contextOfAda();
    for (const request of sent.filter((one) => new URL(one.url()).origin === example.origin)) {
      const { "content-type": type, accept } = request.headers();
      const headers = { "content-type": type ?? "application/x-www-form-urlencoded", accept: accept ?? "*/*", origin: "https://evil.example" };
      await again.request.post(request.url(), { headers, data: request.postData() ?? "", maxRedirects: 0 });
    }
    assert.ok(sent.length > 0, "nothing was sent");
    const session = await (await again.request.get(`${example.origin}/api/auth/session`)).json();
    assert.equal(session.user?.email, ADA);
  });

  test("another host of this site cannot keep a note for whoever is signed in", async () => {
    const context = await openBrowser(example, { ada: true });
    const page = await openTab(example, context, "/protected");
    const sent = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request));
    const note = page.getByLabel("A note to yourself");
    await note.fill("from here");
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("status").filter({ hasText: "Kept." }).waitFor();
    const again = await example.contextOfAda();
    const posted = sent.filter((one) => new URL(one.url()).origin === example.origin && one.postData()?.includes("from"));
    assert.ok(posted.length > 0, "nothing was sent");
    // To a cookie that is `SameSite=Lax`, another port is the same site.
    for (const origin of ["http://localhost:1", "https://evil.example", "null"]) {
      for (const request of posted) {
        const { "content-type": type, accept } = request.headers();
        const data = request.postData().replace("here", "elsewhere");
        const answer = await again.request.post(request.url(), { headers: { "content-type": type, accept: accept ?? "*/*", origin }, data, maxRedirects: 0 });
        assert.equal(answer.status(), 403);
        assert.match(await answer.text(), /pages of this site only/);
      }
    }
    await page.reload();
    await note.waitFor();
    assert.equal(await note.inputValue(), "from here");
  });
}
