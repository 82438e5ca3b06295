// What the Client API's page says of signing in and out, in the Next.js example with the Pages Router.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { ADA, PASSWORD } from "./example.mjs";
import { asked, hydrated, isSignedOut, open, openPagesApp } from "./pages-app.mjs";
import { signInHere, signInThere, untilStatus } from "./pages-app.mjs";

let app;
/** A browser in which nobody is signed in, of each test's own. */
let context;
before(async () => {
  app = await openPagesApp();
});
beforeEach(async () => {
  context = await app.context();
});
afterEach(() => context.close());
after(() => app.close());

const button = (page, name) => page.getByRole("main").getByRole("button", { name, exact: true });

/** A browser in which Ada is signed in. */
async function asAda() {
  await context.close();
  context = await app.contextOfAda();
  return context;
}

/** The fields of the next form that a page sends to this path below /api/auth. */
async function posted(page, path) {
  const url = `${app.origin}/api/auth${path}`;
  const request = await page.waitForRequest((sent) => sent.method() === "POST" && sent.url() === url);
  return Object.fromEntries(new URLSearchParams(request.postData()));
}

/** Opens the link of the newest mail in a page, and confirms it. */
async function openLink(page) {
  await page.goto(await app.link());
  await page.getByRole("button").click();
}

const CALLBACK_URLS = [
  ["absolute, at the same host", () => `${app.origin}/members?from=mail`, "/members?from=mail"],
  ["relative", () => "/options", "/options"],
  ["at another host", () => "https://elsewhere.example/members", "/"],
  ["at a host whose name begins alike", () => `${app.origin}.elsewhere.example/`, "/"],
  ["a script", () => "javascript:alert(1)", "/"],
];

test("onClick={signIn} redirects to the sign-in page, and back to the page where it was clicked", async () => {
  for (const name of ["main", "banner"]) {
    const page = await open(app, context, "/ways?here=1");
    await page.getByRole(name).getByRole("button", { name: /^Sign in( here)?$/ }).click();
    await signInThere(page);
    await page.waitForURL(`${app.origin}/ways?here=1`);
    await untilStatus(page, "authenticated");
    await context.clearCookies();
    await page.close();
  }
});

test("signIn(\"example\") starts the OAuth sign-in flow when clicked, and ends on the page it started on", async () => {
  const page = await open(app, context, "/ways?here=1");
  const fields = posted(page, "/signin/example");
  await button(page, "Sign in with Example Identity").click();
  await page.waitForURL(/\/interaction\//);
  const { csrfToken, ...rest } = await fields;
  assert.match(csrfToken, /^[0-9a-f]{64}$/);
  assert.deepEqual(rest, { callbackUrl: `${app.origin}/ways?here=1`, json: "true" });
  await page.getByRole("button", { name: /Ada Lovelace/ }).click();
  await page.waitForURL(`${app.origin}/ways?here=1`);
  await untilStatus(page, "authenticated");
});

test("whoever goes back at the provider is told so, and is nobody", async () => {
  const page = await open(app, context, "/ways");
  await button(page, "Sign in with Example Identity").click();
  await page.getByRole("button", { name: /go back/ }).click();
  await page.waitForURL(/\/api\/auth\/signin\?error=Callback/);
  await page.getByText("Try signing in with a different account.").waitFor();
  await isSignedOut(app, context);
});

test("signIn(\"email\", { email }) starts the email sign-in flow when clicked, and ends where it started", async () => {
  const page = await open(app, context, "/ways?here=1");
  await page.getByLabel("Email address for a link").fill("linus@mail.example");
  const fields = posted(page, "/signin/email");
  await button(page, "Sign in with Email").click();
  await page.getByRole("heading", { name: /check your e-?mail/i }).waitFor();
  const { csrfToken, ...rest } = await fields;
  assert.match(csrfToken, /^[0-9a-f]{64}$/);
  assert.deepEqual(rest, { email: "linus@mail.example", callbackUrl: `${app.origin}/ways?here=1`, json: "true" });
  await isSignedOut(app, context);
  await openLink(page);
  await page.waitForURL(`${app.origin}/ways?here=1`);
  await untilStatus(page, "authenticated");
});

for (const [kind, callbackUrl, end] of CALLBACK_URLS) {
  test(`signIn(null, { callbackUrl }) with a callbackUrl that is ${kind} ends at ${end}`, async () => {
    const page = await open(app, context, "/ways");
    await page.getByLabel("callbackUrl").fill(callbackUrl());
    await button(page, "Sign in, and go there").click();
    await signInThere(page);
    await page.waitForURL(app.origin + end);
    await untilStatus(page, "authenticated");
  });

  test(`signOut({ callbackUrl }) with a callbackUrl that is ${kind} ends at ${end}`, async () => {
    const page = await open(app, await asAda(), "/ways");
    await page.getByLabel("callbackUrl").fill(callbackUrl());
    await button(page, "Sign out, and go there").click();
    await page.waitForURL(app.origin + end);
    await untilStatus(page, "unauthenticated");
    await isSignedOut(app, context);
  });
}

for (const [kind, callbackUrl, end] of CALLBACK_URLS.slice(0, 3)) {
  test(`signIn("example", { callbackUrl }) with a callbackUrl that is ${kind} ends at ${end}`, async () => {
    const page = await open(app, context, "/ways");
    await page.getByLabel("callbackUrl").fill(callbackUrl());
    await button(page, "Sign in with Example Identity, and go there").click();
    await page.getByRole("button", { name: /Ada Lovelace/ }).click();
    await page.waitForURL(app.origin + end);
    await untilStatus(page, "authenticated");
  });
}

test("signIn(\"email\", { email, callbackUrl }) ends at the callbackUrl", async () => {
  const page = await open(app, context, "/ways");
  await page.getByLabel("callbackUrl").fill(`${app.origin}/members`);
  await page.getByLabel("Email address for a link").fill("linus@mail.example");
  await button(page, "Sign in with Email, and go there").click();
  await page.waitForURL(/verify-request/);
  await openLink(page);
  await page.waitForURL(`${app.origin}/members`);
  await page.getByRole("heading", { name: "Hello, linus@mail.example!" }).waitFor();
});

test("signIn(\"email\", …) with what is no address shows the sign-in page with the reason", async () => {
  const page = await open(app, context, "/ways");
  await page.getByLabel("Email address for a link").fill("nobody");
  await button(page, "Sign in with Email").click();
  await page.waitForURL(/\/api\/auth\/signin\?.*error=EmailSignin/);
});

test("signIn(\"credentials\", { redirect: false }) tells of a wrong password, and signs in on the spot", async () => {
  const page = await open(app, context, "/ways");
  await page.evaluate(() => (window.here = true));
  await signInHere(page, "wrong password");
  await page.getByText("Email address and password do not fit.").waitFor();
  await untilStatus(page, "unauthenticated");
  app.forgive(/401/);
  await signInHere(page);
  await untilStatus(page, "authenticated");
  await page.getByText("You are signed in.").waitFor();
  assert.equal(await page.evaluate(() => window.here), true);
});

test("signIn(\"credentials\", { redirect: false }) tells that the token against forgery was refused", async () => {
  const page = await open(app, context, "/ways");
  await page.route("**/api/auth/callback/credentials*", (route) => {
    const fields = new URLSearchParams(route.request().postData());
    fields.set("csrfToken", "forged");
    return route.continue({ postData: fields.toString() });
  });
  await signInHere(page);
  await page.getByText("Try again in a minute.").waitFor();
  await untilStatus(page, "unauthenticated");
});

test("signOut({ redirect: false }) signs out on the spot", async () => {
  const page = await open(app, await asAda(), "/ways");
  await untilStatus(page, "authenticated");
  await page.evaluate(() => (window.here = true));
  await button(page, "Sign out without leaving").click();
  await page.getByText("You are signed out.").waitFor();
  await untilStatus(page, "unauthenticated");
  await isSignedOut(app, context);
  assert.equal(await page.evaluate(() => window.here), true);
});

test("onClick={signOut} reloads the page where it was clicked, and handles CSRF tokens by itself", async () => {
  const page = await open(app, await asAda(), "/members?here=1");
  await page.evaluate(() => (window.here = true));
  const [fields] = await Promise.all([
    posted(page, "/signout"),
    page.waitForEvent("load"),
    page.getByRole("button", { name: "Sign out" }).click(),
  ]);
  await page.getByText("You have to be signed in").waitFor();
  assert.equal(page.url(), `${app.origin}/members?here=1`);
  assert.equal(await page.evaluate(() => window.here), undefined);
  const { csrfToken, ...rest } = fields;
  assert.match(csrfToken, /^[0-9a-f]{64}$/);
  assert.deepEqual(rest, { callbackUrl: `${app.origin}/members?here=1`, json: "true" });
  await isSignedOut(app, context);
});

test("a page with a fragment is reloaded by signOut as well", async () => {
  const page = await open(app, await asAda(), "/members#here");
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Sign out" }).click()]);
  await page.getByText("You have to be signed in").waitFor();
  assert.equal(page.url(), `${app.origin}/members#here`);
});

test("signing in twice at once in one page signs in", async () => {
  const page = await open(app, context, "/ways");
  await page.locator("form.card").getByLabel("Email address").fill(ADA);
  await page.locator("form.card").getByLabel("Password").fill(PASSWORD);
  await page.evaluate(() => [1, 2].forEach(() => document.querySelector("form.card").requestSubmit()));
  await page.getByText("You are signed in.").waitFor();
  await untilStatus(page, "authenticated");
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  /** The app's own sign-in page, from getProviders() and getCsrfToken(), in a browser that was never there. */
  const signInPage = async () => {
    await context.close();
    context = await app.context({ javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`${app.origin}/signin?callbackUrl=/members`);
    if (javaScriptEnabled) await hydrated(page);
    return page;
  };

  test(`the app's own sign-in page takes a password on a browser's first visit, ${how}`, async () => {
    const page = await signInPage();
    await page.getByLabel("Email address", { exact: true }).fill(ADA);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(`${app.origin}/members`);
    await page.getByRole("heading", { name: "Hello, Ada Lovelace!" }).waitFor();
  });

  test(`the app's own sign-in page leads to a provider on a browser's first visit, ${how}`, async () => {
    const page = await signInPage();
    await page.getByRole("button", { name: "Sign in with Example Identity" }).click();
    await page.getByRole("button", { name: /Ada Lovelace/ }).click();
    await page.waitForURL(`${app.origin}/members`);
    await page.getByRole("heading", { name: "Hello, Ada Lovelace!" }).waitFor();
  });

  test(`the app's own sign-in page sends a mail on a browser's first visit, ${how}`, async () => {
    const page = await signInPage();
    await page.getByLabel("Email address for a sign-in link").fill("linus@mail.example");
    await page.getByRole("button", { name: "Email me a sign-in link" }).click();
    await page.waitForURL(/verify-request/);
    await openLink(page);
    await page.waitForURL(`${app.origin}/members`);
    await page.getByRole("heading", { name: "Hello, linus@mail.example!" }).waitFor();
  });
}

test("one request for the list and one for the sign-in is all that signIn asks: the token came before", async () => {
  const page = await open(app, context, "/ways");
  await untilStatus(page, "unauthenticated");
  const list = asked(page);
  await signInHere(page);
  await page.getByText("You are signed in.").waitFor();
  assert.deepEqual(list, ["GET /providers", "POST /callback/credentials", "GET /session"]);
});
