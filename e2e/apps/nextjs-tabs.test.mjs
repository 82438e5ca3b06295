// What the Client API's page says of several tabs, in the Next.js example with the Pages Router.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { ADA } from "./example.mjs";
import { answer, asked, open, openPagesApp, signInHere, signInThere, untilStatus } from "./pages-app.mjs";

let app;
let context;
before(async () => {
  app = await openPagesApp();
});
beforeEach(async () => {
  context = await app.context();
});
afterEach(() => context.close());
after(() => app.close());

async function asAda() {
  await context.close();
  context = await app.contextOfAda();
}

/** Tabs of one browser, once all of them know who is signed in. */
async function tabs(status, ...paths) {
  const pages = [];
  for (const path of paths) pages.push(await open(app, context, path));
  await Promise.all(pages.map((page) => untilStatus(page, status)));
  return pages;
}

/** What each of these tabs asks from here on. */
const askedOf = (pages) => pages.map((page) => asked(page));

for (const paths of [["/ways", "/"], ["/ways", "/", "/members", "/options", "/ways"]]) {
  test(`a sign-in in one of ${paths.length} tabs shows in all of them`, async () => {
    const [one, ...others] = await tabs("unauthenticated", ...paths);
    await signInHere(one);
    await Promise.all(others.map((page) => untilStatus(page, "authenticated")));
  });

  test(`a sign-out in one of ${paths.length} tabs shows in all of them, without a request of theirs`, async () => {
    await asAda();
    const [one, ...others] = await tabs("authenticated", ...paths);
    const lists = askedOf(others);
    await one.getByRole("button", { name: "Sign out without leaving" }).click();
    await Promise.all(others.map((page) => untilStatus(page, "unauthenticated")));
    await one.getByText("You are signed out.").waitFor();
    assert.deepEqual(lists, others.map(() => []));
  });
}

test("a sign-out that reloads its page shows in the other tabs", async () => {
  await asAda();
  const [one, other] = await tabs("authenticated", "/members", "/");
  await one.getByRole("button", { name: "Sign out" }).click();
  await untilStatus(other, "unauthenticated");
  await other.getByText("Nobody").waitFor();
  await untilStatus(one, "unauthenticated");
});

test("a sign-in on the built-in page shows in the other tabs", async () => {
  const [one, other] = await tabs("unauthenticated", "/ways", "/");
  await one.getByRole("button", { name: "Sign in here" }).click();
  await signInThere(one);
  await untilStatus(one, "authenticated");
  await untilStatus(other, "authenticated");
});

test("a sign-in at a provider shows in the other tabs", async () => {
  const [one, other] = await tabs("unauthenticated", "/ways", "/");
  await one.getByRole("button", { name: "Sign in with Example Identity", exact: true }).click();
  await one.getByRole("button", { name: /Ada Lovelace/ }).click();
  await untilStatus(one, "authenticated");
  await untilStatus(other, "authenticated");
  await other.getByText("Signed in as ada@example.com").waitFor();
});

test("a link that is opened from a mail in a second tab signs the first one in", async () => {
  const [one] = await tabs("unauthenticated", "/ways");
  await one.getByLabel("Email address for a link").fill("linus@mail.example");
  await one.getByRole("button", { name: "Sign in with Email", exact: true }).click();
  await one.waitForURL(/verify-request/);
  await one.goto(`${app.origin}/`);
  await untilStatus(one, "unauthenticated");
  const other = await context.newPage();
  await other.goto(await app.link());
  await other.getByRole("button").click();
  await untilStatus(other, "authenticated");
  await untilStatus(one, "authenticated");
});

test("getSession() in one tab updates all tabs, and its own components", async () => {
  const [one, other, third] = await tabs("unauthenticated", "/ways", "/", "/options");
  // Behind the tabs' backs.
  const ada = await app.contextOfAda();
  await context.addCookies(await ada.cookies());
  const lists = askedOf([other, third]);
  assert.equal((await answer(one, "getSession")).user.email, ADA);
  await Promise.all([one, other, third].map((page) => untilStatus(page, "authenticated")));
  assert.deepEqual(lists, [[], []]);
  await context.clearCookies();
  assert.equal(await answer(one, "getSession"), null);
  await Promise.all([one, other, third].map((page) => untilStatus(page, "unauthenticated")));
  assert.deepEqual(lists, [[], []]);
  await ada.close();
});

test("an update by focus in one tab updates the others, without a request of theirs", async () => {
  const [one, other] = await tabs("unauthenticated", "/", "/options");
  const ada = await app.contextOfAda();
  await context.addCookies(await ada.cookies());
  const list = asked(other);
  // Within two seconds of the load it is the same burst.
  const focused = one.waitForRequest(/\/api\/auth\/session$/);
  const shown = untilStatus(one, "authenticated");
  await one.evaluate(() => {
    const look = () => window.dispatchEvent(new Event("focus"));
    window.looking = setInterval(look, 250);
  });
  await focused;
  await one.evaluate(() => clearInterval(window.looking));
  await shown;
  await untilStatus(other, "authenticated");
  assert.deepEqual(list, []);
  await ada.close();
});

test("keepAlive that finds the session expired updates all open tabs", async () => {
  await asAda();
  const query = "/options?keepAlive=1";
  const pages = await tabs("authenticated", query, query, "/");
  await context.clearCookies();
  await Promise.all(pages.map((page) => untilStatus(page, "unauthenticated")));
});

test("keepAlive in five tabs is one tab's work", async () => {
  await asAda();
  const query = "/options?keepAlive=1";
  const pages = await tabs("authenticated", query, query, query, query, query);
  const start = Date.now();
  const lists = askedOf(pages);
  const total = () => lists.flat().length;
  while (total() < 4) await context.waitForEvent("request");
  const seconds = (Date.now() - start) / 1000;
  assert.ok(total() <= seconds + 1, `${total()} requests in ${seconds} s`);
});

test("what a tab hears from a script that is not ours changes nothing", async () => {
  await asAda();
  const [one, other] = await tabs("authenticated", "/ways", "/");
  await one.evaluate(() => {
    const channel = new BroadcastChannel("hallpass:/api/auth");
    const strange = [null, 0, "signout", {}, [], [7], [7, 0, 0, "x", 0], new Array(1e5).fill(0), { event: "session" }];
    for (const message of strange) channel.postMessage(message);
    for (const text of ["", "null", "{", "[]", '{"event":"session"}', "x".repeat(1e6)]) {
      localStorage.setItem("nextauth.message", text);
    }
  });
  assert.equal((await answer(one, "getSession")).user.email, ADA);
  await untilStatus(other, "authenticated");
});
