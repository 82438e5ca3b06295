// What the Client API's page says of sessions, in the Next.js example with the Pages Router: each sentence a test.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { ADA } from "./example.mjs";
import { answer, asked, hydrated, open, openPagesApp, record, said, untilStatus } from "./pages-app.mjs";

const SESSIONS = "GET /session";
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let app;
/** The cookies of somebody who is signed in. No test here signs out. */
let storageState;
/** A browser in which Ada is signed in, and one in which nobody is: each test's own, so that no other tab is open. */
let ada;
let nobody;
before(async () => {
  app = await openPagesApp();
  const context = await app.contextOfAda();
  storageState = await context.storageState();
  await context.close();
});
beforeEach(async () => {
  [ada, nobody] = await Promise.all([app.context({ storageState }), app.context()]);
});
afterEach(() => Promise.all([ada.close(), nobody.close()]));
after(() => app.close());

const sessionsAsked = (list) => list.filter((line) => line === SESSIONS).length;

test("the session holds user and expires, and no session token or OAuth tokens", async () => {
  const page = await open(app, ada, "/ways");
  const session = await answer(page, "getSession");
  assert.deepEqual(Object.keys(session), ["user", "expires"]);
  assert.deepEqual(session.user, { name: "Ada Lovelace", email: ADA });
  assert.match(session.expires, ISO);
  for (const { value } of await ada.cookies()) assert.ok(!JSON.stringify(session).includes(value));
});

test("the session of somebody from a provider has a name, an email and the URI of an image", async () => {
  const picture = "https://pictures.example/grace.svg";
  const claims = { sub: "grace", email: "grace@example.com", email_verified: true, name: "Grace Hopper", picture };
  await fetch(`${app.oidc.facts.issuer}/control/account`, { method: "POST", body: JSON.stringify(claims) });
  await nobody.route(picture, (route) =>
    route.fulfill({ contentType: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
  );
  const page = await open(app, nobody, "/ways");
  await page.getByRole("button", { name: "Sign in with Example Identity", exact: true }).click();
  await page.getByRole("button", { name: /Grace Hopper/ }).click();
  await page.waitForURL(`${app.origin}/ways`);
  await untilStatus(page, "authenticated");
  const { user } = await answer(page, "getSession");
  assert.deepEqual(user, { name: "Grace Hopper", email: "grace@example.com", image: picture });
  assert.equal(await page.locator("header img").getAttribute("src"), picture);
});

test("useSession() is [session, loading], the easiest way to check if someone is signed in", async () => {
  for (const [context, seen] of [[ada, `Signed in as ${ADA}`], [nobody, "Nobody"]]) {
    let goOn;
    const held = new Promise((resolve) => (goOn = resolve));
    const page = await open(app, context, "/", (page) =>
      page.route("**/api/auth/session", async (route) => {
        await held;
        await route.continue();
      }),
    );
    await page.getByText("Asking …").waitFor();
    assert.equal(await page.getByText(seen).count(), 0);
    goOn();
    await page.getByText(seen).waitFor();
    assert.equal(await page.getByText("Asking …").count(), 0);
  }
});

test("a link to /api/auth/signin is all a page needs for whoever is not signed in", async () => {
  const page = await open(app, nobody, "/");
  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(page.url(), `${app.origin}/api/auth/signin`);
});

test("getSession() in a page calls /api/auth/session, and gives null if no session exists", async () => {
  const page = await open(app, nobody, "/ways");
  await untilStatus(page, "unauthenticated");
  const list = asked(page);
  assert.equal(await answer(page, "getSession"), null);
  assert.deepEqual(list, [SESSIONS]);
});

test("getSession(context) on the server knows whose request it is", async () => {
  const shown = async (context) => (await context.request.get(`${app.origin}/members`)).text();
  assert.match(await shown(ada), /Hello, (<!-- -->)?Ada Lovelace/);
  assert.match(await shown(nobody), /You have to be signed in/);
  assert.doesNotMatch(await shown(nobody), /Ada Lovelace/);
});

test("getSession({ req }) answers in an API route", async () => {
  const refused = await nobody.request.get(`${app.origin}/api/example`);
  assert.deepEqual([refused.status(), await refused.json()], [401, { message: "Nobody is signed in." }]);
  const answer = await ada.request.get(`${app.origin}/api/example`);
  assert.equal(answer.headers()["cache-control"], "private, no-store");
  const { message, session } = await answer.json();
  assert.equal(message, "Hello, Ada Lovelace!");
  assert.deepEqual(session.user, { name: "Ada Lovelace", email: ADA });
  assert.match(session.expires, ISO);
});

test("getSession({ req }) hands on the cookie of a POST, and neither its body nor its method", async () => {
  const data = { csrfToken: "x", data: { name: "Eve" } };
  const answered = await ada.request.post(`${app.origin}/api/example`, { data });
  assert.equal((await answered.json()).session.user.name, "Ada Lovelace");
});

test("getCsrfToken() gives a page the token of its browser's cookie", async () => {
  const page = await open(app, nobody, "/ways");
  const token = await answer(page, "getCsrfToken");
  assert.match(token, /^[0-9a-f]{64}$/);
  assert.equal(await answer(page, "getCsrfToken"), token);
  const cookie = (await page.context().cookies()).find(({ name }) => name.includes("csrf-token"));
  assert.equal(decodeURIComponent(cookie.value).split("|")[0], token);
});

test("getCsrfToken({ req }) on the server gives the same token as in the page", async () => {
  const page = await open(app, nobody, "/ways");
  const token = await answer(page, "getCsrfToken");
  const { csrfToken } = await (await page.request.get(`${app.origin}/api/csrf`)).json();
  assert.equal(csrfToken, token);
});

test("getProviders() gives the ways in that are configured, in a page and on the server", async () => {
  const page = await open(app, nobody, "/ways");
  const providers = await answer(page, "getProviders");
  assert.deepEqual(Object.keys(providers).sort(), ["credentials", "email", "example"]);
  assert.deepEqual(providers.example, {
    id: "example",
    name: "Example Identity",
    type: "oauth",
    signinUrl: `${app.origin}/api/auth/signin/example`,
    callbackUrl: `${app.origin}/api/auth/callback/example`,
  });
  await page.goto(`${app.origin}/signin`);
  for (const name of ["Sign in with Example Identity", "Email me a sign-in link"]) {
    assert.equal(await page.getByRole("button", { name }).count(), 1, name);
  }
});

test("with the session page prop nothing is asked on load, nothing flashes, and React has no warning", async () => {
  const list = [];
  const page = await open(app, ada, "/members", (page) => {
    list.push(asked(page));
    return record(page);
  });
  await page.getByRole("heading", { name: "Hello, Ada Lovelace!" }).waitFor();
  assert.deepEqual(list, [[]]);
  assert.deepEqual(await said(page), ["authenticated"]);
  assert.deepEqual(app.faults, []);
});

test("with the session page prop of nobody nothing is asked on load either", async () => {
  const list = [];
  const page = await open(app, nobody, "/members", (page) => {
    list.push(asked(page));
    return record(page);
  });
  await page.getByText("You have to be signed in").waitFor();
  assert.deepEqual(list, [[]]);
  assert.deepEqual(await said(page), ["unauthenticated"]);
});

test("without the session page prop all components share one request, and nobody is shown meanwhile", async () => {
  const lists = [];
  const page = await open(app, ada, "/", (page) => {
    lists.push(asked(page));
    return record(page);
  });
  await page.getByText(`Signed in as ${ADA}`).waitFor();
  assert.deepEqual(lists, [[SESSIONS]]);
  assert.deepEqual(await said(page), ["loading", "authenticated"]);
});

test("from page to page in the app nothing is asked that is known", async () => {
  const page = await open(app, ada, "/");
  await untilStatus(page, "authenticated");
  const list = asked(page);
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByRole("heading", { name: "Hello, Ada Lovelace!" }).waitFor();
  await page.getByRole("link", { name: "Home" }).click();
  await page.getByText(`Signed in as ${ADA}`).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Hello, Ada Lovelace!" }).waitFor();
  assert.deepEqual(list, []);
});

test("the session is not stored in localStorage or sessionStorage", async () => {
  const context = ada;
  const [one, other] = [await open(app, context, "/ways"), await open(app, context, "/ways")];
  await answer(one, "getSession");
  await untilStatus(other, "authenticated");
  const tokens = (await context.cookies()).map(({ value }) => value);
  for (const page of [one, other]) {
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    for (const part of ["Ada", ADA, "expires", ...tokens]) assert.ok(!stored.includes(part), `${part} in ${stored}`);
  }
});

/** Stops the clock of a tab before its page is loaded; `page.clock` moves it on. */
const stopped = (page) => page.clock.install();

/** Lets a tab's time pass, second by second, with every answer in before the next second begins. */
async function pass(page, seconds) {
  for (let second = 0; second < seconds; second++) {
    await page.clock.runFor(1000);
    await settled(page);
  }
}

/** Waits until a tab has no request of ours on its way. */
async function settled(page) {
  await hydrated(page);
  while (page.underway?.size) await page.waitForEvent("requestfinished");
}

/** Opens /options with these options and the clock stopped; `list` is what is asked from then on. */
async function withOptions(context, query) {
  const page = await open(app, context, `/options${query}`, async (page) => {
    page.underway = new Set();
    const isOurs = (request) => request.url().includes("/api/auth/");
    page.on("request", (request) => isOurs(request) && page.underway.add(request));
    for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => page.underway.delete(request));
    await stopped(page);
  });
  return { page, list: asked(page) };
}

for (const trigger of ["focus", "blur"]) {
  test(`the session is updated when a tab's window ${trigger === "focus" ? "gains" : "loses"} focus`, async () => {
    const { page, list } = await withOptions(ada, "");
    await pass(page, 3);
    assert.deepEqual(list, []);
    await page.evaluate((name) => window.dispatchEvent(new Event(name)), trigger);
    await pass(page, 3);
    assert.deepEqual(list, [SESSIONS]);
  });
}

test("focus that goes to and fro within two seconds is one request", async () => {
  const { page, list } = await withOptions(ada, "");
  await pass(page, 3);
  for (let change = 0; change < 10; change++) {
    await page.evaluate((name) => window.dispatchEvent(new Event(name)), change % 2 ? "blur" : "focus");
  }
  await pass(page, 1);
  assert.deepEqual(list, [SESSIONS]);
});

test("with clientMaxAge 0, the default, the cache is always used", async () => {
  const { page, list } = await withOptions(ada, "");
  for (let hour = 0; hour < 6; hour++) {
    await page.clock.fastForward("01:00:00");
    await settled(page);
  }
  assert.deepEqual(list, []);
});

test("with clientMaxAge the session is read again once it is so many seconds old, and not before", async () => {
  const { page, list } = await withOptions(ada, "?clientMaxAge=20");
  await pass(page, 19);
  assert.deepEqual(list, []);
  await pass(page, 3);
  assert.equal(sessionsAsked(list), 1);
  await pass(page, 20);
  assert.equal(sessionsAsked(list), 2);
});

test("with keepAlive the server is contacted every so many seconds", async () => {
  const { page, list } = await withOptions(ada, "?keepAlive=10");
  await pass(page, 9);
  assert.deepEqual(list, []);
  await pass(page, 32);
  assert.equal(sessionsAsked(list), 4);
});

for (const query of ["?clientMaxAge=5", "?keepAlive=5", "?clientMaxAge=7&keepAlive=5"]) {
  test(`${query} has no effect on a client that is not signed in`, async () => {
    const { page, list } = await withOptions(nobody, query);
    await pass(page, 20);
    assert.deepEqual(list, []);
    await page.getByText("Nobody is signed in").waitFor();
  });
}
