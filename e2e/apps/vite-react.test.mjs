// examples/vite-react as it is built for production, behind Vite's own server, with a policy that allows the site's own
// files and nothing else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADA, PASSWORD, openExample } from "./example.mjs";
import { testTabs } from "./tabs.mjs";
import { headers, openBrowser, openTab, policyOf, reads, sendPassword, signOut, untilSignedIn, untilSignedOut } from "./visitor.mjs";
import { testWaysIn } from "./ways-in.mjs";

let example;
before(async () => {
  example = await openExample("vite-react", { mail: true, oidc: true });
  await example.addAda();
});
after(() => example.close());

testWaysIn(() => example);
testTabs(() => example);

test("the page asks once who is signed in, and shows nothing else meanwhile", async () => {
  const page = await openTab(example, await openBrowser(example, { ada: true }));
  await untilSignedIn(page);
  await page.waitForLoadState("networkidle");
  assert.equal(reads(page), 1, page.asked.join());
  assert.deepEqual(await headers(page), ["Private", "PrivateAda LovelaceSign out"]);
});

test("a stranger is not asked twice either", async () => {
  const page = await openTab(example, await openBrowser(example));
  await untilSignedOut(page);
  await page.waitForLoadState("networkidle");
  assert.deepEqual(page.asked, ["GET /session"]);
  assert.deepEqual(await headers(page), ["Private", "PrivateSign in"]);
});

test("every page comes with the policy, and would tell of what it forbids", async () => {
  const context = await openBrowser(example, { ada: true });
  for (const path of ["/", "/sign-in", "/private"]) {
    const page = await openTab(example, context, path);
    await untilSignedIn(page);
    assert.equal(await policyOf(page), "default-src 'self'");
    await page.evaluate(() => document.body.append(Object.assign(document.createElement("script"), { text: "window.ran = 1" })));
    assert.equal(await page.evaluate(() => window.ran), undefined);
    example.forgive(/policy: script-src-elem forbids inline/);
    example.forgive(/Content Security Policy/);
  }
});

for (const callbackUrl of ["http://[", "//elsewhere.example/", "http://elsewhere.example/"]) {
  test(`with the callbackUrl ${callbackUrl} the sign-in page is shown, and leads home`, async () => {
    const path = `/sign-in?callbackUrl=${encodeURIComponent(callbackUrl)}`;
    const page = await openTab(example, await openBrowser(example), path);
    await sendPassword(page);
    await page.waitForURL(`${example.origin}/`);
    await untilSignedIn(page);
  });
}

for (const callbackUrl of ["/.//elsewhere.example", "/\\elsewhere.example", "blob:"]) {
  test(`whoever is signed in stays on the site with the callbackUrl ${callbackUrl}`, async () => {
    const wanted = callbackUrl === "blob:" ? `blob:${example.origin}/private` : callbackUrl;
    const context = await openBrowser(example, { ada: true });
    const page = await openTab(example, context, `/sign-in?callbackUrl=${encodeURIComponent(wanted)}`);
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    assert.equal(new URL(page.url()).origin, example.origin);
    await untilSignedIn(page);
  });
}

test("a page that needs a session leads to hallpass's own sign-in page, and that leads back", async () => {
  const page = await openTab(example, await openBrowser(example), "/private?from=here");
  await page.waitForURL(/\/api\/auth\/signin\?error=SessionRequired/);
  const form = page.locator("form", { has: page.getByLabel("Password") });
  await form.getByLabel(/mail/i).fill(ADA);
  await form.getByLabel("Password").fill(PASSWORD);
  await form.getByRole("button").click();
  await page.waitForURL(`${example.origin}/private?from=here`);
  await page.getByRole("heading", { name: "Only for you" }).waitFor();
});

test("whoever signs out on the page that needs a session is led away from it", async () => {
  const page = await openTab(example, await openBrowser(example, { ada: true }), "/private");
  await page.getByRole("heading", { name: "Only for you" }).waitFor();
  await signOut(page);
  await page.waitForURL(/\/api\/auth\/signin/);
});

test("an account that is made on hallpass's own page comes back signed in", async () => {
  const page = await openTab(example, await openBrowser(example), "/sign-in");
  await page.getByRole("link", { name: "Make one" }).click();
  await page.getByLabel(/name/i).fill("Grace Hopper");
  await page.getByLabel(/mail/i).fill("grace.hopper@mail.example");
  await page.getByLabel(/password/i).first().fill("a nanosecond of wire");
  await page.getByRole("button", { name: /sign up|create/i }).click();
  await page.waitForURL(`${example.origin}/`);
  await untilSignedIn(page, "Grace Hopper");
});

test("reading the session again changes nothing when nothing changed", async () => {
  const page = await openTab(example, await openBrowser(example, { ada: true }));
  await untilSignedIn(page);
  await page.getByRole("button", { name: "Read it again" }).click();
  await page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/session"));
  await page.locator("button:not([disabled])", { hasText: "Read it again" }).waitFor();
  assert.deepEqual(await headers(page), ["Private", "PrivateAda LovelaceSign out"]);
});
