// examples/nextjs-app as `next build` and `next start` have it: server components that know the session, a guard in
// proxy.ts, and a policy with a nonce for each request.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADA, PASSWORD, openExample } from "./example.mjs";
import { testTabs } from "./tabs.mjs";
import { headers, openBrowser, openTab, policyOf, reads, sendPassword, signOut, untilSignedIn, untilSignedOut } from "./visitor.mjs";
import { testWaysIn } from "./ways-in.mjs";

let example;
before(async () => {
  example = await openExample("nextjs-app", { mail: true, oidc: true });
  await example.addAda();
});
after(() => example?.close());

testWaysIn(() => example);
testTabs(() => example);

const SIGNED_IN = "ProtectedAda LovelaceSign out";
const STRANGER = "ProtectedSign in";

test("the page is sent with the session in it: nothing is asked, nothing flashes, React has nothing to say", async () => {
  const page = await openTab(example, await openBrowser(example, { ada: true }));
  assert.match(await page.answer.text(), /class="who">Ada Lovelace</);
  await untilSignedIn(page);
  await page.waitForLoadState("networkidle");
  assert.deepEqual(page.asked, []);
  assert.deepEqual(await headers(page), [SIGNED_IN]);
});

test("a stranger's page is sent as that: nothing is asked, nothing flashes", async () => {
  const page = await openTab(example, await openBrowser(example));
  assert.match(await page.answer.text(), /Hello, stranger/);
  await page.waitForLoadState("networkidle");
  assert.deepEqual(page.asked, []);
  assert.deepEqual(await headers(page), [STRANGER]);
});

test("from page to page nothing is asked either", async () => {
  const page = await openTab(example, await openBrowser(example, { ada: true }));
  await page.evaluate(() => void (window.sameDocument = true));
  await page.getByRole("link", { name: "Protected" }).click();
  await page.getByRole("heading", { name: "Only for you" }).waitFor();
  await page.getByRole("link", { name: "Next.js example" }).click();
  await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
  assert.equal(await page.evaluate(() => window.sameDocument), true);
  assert.equal(reads(page), 0, page.asked.join());
  assert.deepEqual(await headers(page), [SIGNED_IN]);
});

test("without JavaScript the page says who is signed in, and the note is kept", async () => {
  const page = await openTab(example, await openBrowser(example, { ada: true, javaScriptEnabled: false }), "/protected");
  await page.getByText("Ada Lovelace").waitFor();
  await page.getByLabel("A note to yourself").fill("the engine weaves");
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByText("Kept.").waitFor();
  await page.reload();
  assert.equal(await page.getByLabel("A note to yourself").inputValue(), "the engine weaves");
});

test("without JavaScript the sign-in page leads to one that does without, and that leads back", async () => {
  const page = await openTab(example, await openBrowser(example, { javaScriptEnabled: false }), "/protected");
  await page.getByRole("link", { name: "This page" }).click();
  const form = page.locator("form", { has: page.getByLabel("Password") });
  await form.getByLabel(/mail/i).fill(ADA);
  await form.getByLabel("Password").fill(PASSWORD);
  await form.getByRole("button").click();
  await page.waitForURL(`${example.origin}/protected`);
  await page.getByRole("heading", { name: "Only for you" }).waitFor();
});

test("the guard sends a stranger to the sign-in page, and the sign-in leads back", async () => {
  const page = await openTab(example, await openBrowser(example), "/protected?from=here");
  assert.equal(page.url(), `${example.origin}/sign-in?callbackUrl=%2Fprotected%3Ffrom%3Dhere`);
  await sendPassword(page);
  await page.waitForURL(`${example.origin}/protected?from=here`);
  await page.getByText(ADA).waitFor();
  await untilSignedIn(page);
});

for (const callbackUrl of [
  "/.//elsewhere.example",
  "http://here//elsewhere.example",
  "http://here/\\elsewhere.example",
  "/a/..//elsewhere.example",
  "//elsewhere.example/",
  "blob:http://here/protected",
  "http://[",
]) {
  test(`whoever is signed in is not led to another site by the callbackUrl ${callbackUrl}`, async () => {
    const context = await openBrowser(example, { ada: true });
    const address = `${example.origin}/sign-in?callbackUrl=${encodeURIComponent(callbackUrl)}`;
    const answer = await context.request.get(address, { maxRedirects: 0 });
    assert.deepEqual([answer.status(), answer.headers().location], [307, "/"]);
  });
}

test("whoever is signed in is led on to a page of the site by the callbackUrl", async () => {
  const context = await openBrowser(example, { ada: true });
  const address = `${example.origin}/sign-in?callbackUrl=${encodeURIComponent("/protected?from=here")}`;
  const answer = await context.request.get(address, { maxRedirects: 0 });
  assert.deepEqual([answer.status(), answer.headers().location], [307, "/protected?from=here"]);
});

test("a provider leads back to the protected page as well", async () => {
  const page = await openTab(example, await openBrowser(example), "/protected");
  await page.getByRole("button", { name: "Continue with Example Identity" }).click();
  await page.getByRole("button", { name: /Grace Hopper/ }).click();
  await page.waitForURL(`${example.origin}/protected`);
  await untilSignedIn(page, "Grace Hopper");
});

test("a link to the protected page in the app is guarded like its address", async () => {
  const page = await openTab(example, await openBrowser(example));
  await page.getByRole("link", { name: "Protected" }).click();
  await page.waitForURL(`${example.origin}/sign-in?callbackUrl=%2Fprotected`);
});

test("a cookie that is no session passes the guard and not the page", async () => {
  const context = await openBrowser(example);
  await context.addCookies([{ name: "next-auth.session-token", value: "forged", url: example.origin }]);
  const page = await openTab(example, context, "/protected");
  await page.waitForURL(`${example.origin}/sign-in?callbackUrl=%2Fprotected`);
  assert.doesNotMatch(await page.content(), /Only for you/);
});

test("whoever signs out on the protected page, here or in another tab, is led away from it", async () => {
  const context = await openBrowser(example, { ada: true });
  const [page, other] = [await openTab(example, context, "/protected"), await openTab(example, context, "/protected")];
  await signOut(page);
  for (const tab of [page, other]) {
    await tab.waitForURL(`${example.origin}/sign-in?callbackUrl=%2Fprotected`);
    await untilSignedOut(tab);
    await tab.getByText("Only for you").waitFor({ state: "detached" });
  }
});

test("a server action is refused to somebody whose session is over", async () => {
  const context = await openBrowser(example, { ada: true });
  const page = await openTab(example, context, "/protected");
  await context.clearCookies();
  await page.getByLabel("A note to yourself").fill("never");
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByText("You are not signed in any more. Nothing was kept.").waitFor();
  const again = await openTab(example, await openBrowser(example, { ada: true }), "/protected");
  assert.notEqual(await again.getByLabel("A note to yourself").inputValue(), "never");
});

test("somebody without an e-mail address is told that no note is kept, and has no form for one", async () => {
  const claims = JSON.stringify({ sub: "sophie", name: "Sophie Germain" });
  await fetch(`${example.oidc.facts.issuer}/control/account`, { method: "POST", body: claims });
  const page = await openTab(example, await openBrowser(example), "/protected");
  await page.getByRole("button", { name: "Continue with Example Identity" }).click();
  await page.getByRole("button", { name: /Sophie Germain/ }).click();
  await page.waitForURL(`${example.origin}/protected`);
  await page.getByText("your account has none").waitFor();
  await page.getByText("You are here as Sophie Germain").waitFor();
  assert.equal(await page.getByLabel("A note to yourself").count(), 0);
});

test("the route handler answers who asks", async () => {
  const stranger = await (await openBrowser(example)).request.get(`${example.origin}/api/me`);
  assert.equal(stranger.status(), 401);
  assert.equal(await stranger.json(), null);
  const answer = await (await openBrowser(example, { ada: true })).request.get(`${example.origin}/api/me`);
  assert.equal(answer.status(), 200);
  assert.equal(answer.headers()["cache-control"], "no-store");
  assert.equal((await answer.json()).user.email, ADA);
});

test("every page comes with a policy whose nonce is its own, and would tell of what it forbids", async () => {
  const context = await openBrowser(example, { ada: true });
  const nonces = new Set();
  // The last two begin like addresses that are no pages.
  for (const path of ["/", "/sign-in", "/protected", "/nowhere", "/apiary", "/icon.svgz"]) {
    const page = await openTab(example, context, path);
    const policy = await policyOf(page);
    assert.match(policy, /^default-src 'self'; script-src 'self' 'nonce-[^']+' 'strict-dynamic'; style-src 'self' 'nonce-[^']+';/);
    nonces.add(/nonce-([^']+)/.exec(policy)[1]);
    await untilSignedIn(page);
    await page.evaluate(() => document.body.append(Object.assign(document.createElement("style"), { textContent: "a{}" })));
    await page.evaluate(() => document.body.setAttribute("onclick", "window.ran = 1"));
    await page.evaluate(() => document.body.click());
    assert.equal(await page.evaluate(() => window.ran), undefined);
    example.forgive(/policy: style-src-elem forbids inline/);
    example.forgive(/policy: script-src-attr forbids inline/);
    example.forgive(/Content Security Policy/);
  }
  example.forgive(/status of 404/);
  assert.equal(nonces.size, 6);
});
