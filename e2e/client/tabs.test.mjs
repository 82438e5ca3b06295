// Two and five tabs of one browser.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import {
  ADA,
  GRACE,
  becomeVisible,
  call,
  focus,
  openGround,
  passes,
  shown,
  signInHere,
  steady,
  until,
  untilText,
} from "./ground.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
beforeEach(() => ground.gate.lift());

const SESSION = "GET /session";
const told = () =>
  ground.gate.asked
    .filter(({ what }) => what === SESSION)
    .map(({ tab, at }) => `${tab} at ${at % 100000}`)
    .join(", ");
const asked = (tab) => ground.gate.count(SESSION, tab);

/** A browser with so many tabs that all know who is signed in, and rest. */
async function browser(count, { as = ADA, plan = {}, library } = {}) {
  const context = await ground.context({ as, clock: true });
  const tabs = [];
  for (let n = 0; n < count; n++) tabs.push(await ground.open(context, { plan, library }));
  for (const tab of tabs) await until(tab, as ? "authenticated" : "unauthenticated");
  const time = (seconds) => passes(ground, context, seconds);
  await time(3);
  ground.gate.clear();
  return { context, tabs, time };
}

for (const count of [2, 5]) {
  test(`a sign-in shows in all of ${count} tabs, for one request`, async () => {
    const { context, tabs, time } = await browser(count, { as: null });
    assert.equal((await signInHere(tabs[0])).ok, true);
    for (const tab of tabs) await untilText(tab, ADA);
    await time(3);
    assert.equal(asked(), 1);
    await context.close();
  });

  test(`a sign-out shows in all of ${count} tabs without a request of theirs`, async () => {
    const { context, tabs, time } = await browser(count);
    const answer = await call(tabs[0], "signOut", { redirect: false });
    assert.match(answer.url, /^http/);
    for (const tab of tabs) await until(tab, "unauthenticated");
    assert.equal(asked(), 0);
    await time(4);
    for (const tab of tabs.slice(1)) assert.equal(asked(tab.tab), 0);
    await context.close();
  });

  test(`a sign-out that leads away shows in all of ${count} tabs`, async () => {
    const { context, tabs } = await browser(count);
    await Promise.all([
      tabs[0].waitForURL(/bye/),
      tabs[0].evaluate(() => void window.api.signOut({ callbackUrl: "/bye?tab=9" })),
    ]);
    for (const tab of tabs.slice(1)) await until(tab, "unauthenticated");
    for (const tab of tabs.slice(1)) assert.equal(asked(tab.tab), 0);
    await context.close();
  });
}

test("another person's sign-in shows in the other tabs", async () => {
  const { context, tabs } = await browser(3);
  assert.equal((await signInHere(tabs[1], GRACE)).ok, true);
  for (const tab of tabs) await untilText(tab, GRACE);
  await context.close();
});

test("who is found to be signed out in one tab is so in all, for one request", async () => {
  const { context, tabs, time } = await browser(4);
  await ground.signOut(context);
  assert.equal(await call(tabs[3], "getSession"), null);
  for (const tab of tabs) await until(tab, "unauthenticated");
  await time(3);
  assert.equal(asked(), 1);
  await context.close();
});

test("opening a tab costs the others nothing", async () => {
  const { context, tabs, time } = await browser(4);
  const fifth = await ground.open(context, { plan: {} });
  await until(fifth, "authenticated");
  await time(4);
  for (const tab of tabs) assert.equal(asked(tab.tab), 0);
  assert.equal(asked(), 1);
  await context.close();
});

test("opening a tab with a session prop costs nobody anything", async () => {
  const { context, tabs, time } = await browser(3);
  const session = await call(tabs[0], "getSession");
  await time(3);
  ground.gate.clear();
  const next = await ground.open(context, { plan: { session } });
  await until(next, "authenticated");
  await time(4);
  assert.equal(asked(), 0);
  await context.close();
});

test("looking at a tab costs the others nothing", async () => {
  const { context, tabs, time } = await browser(5);
  await becomeVisible(tabs[2]);
  await time(4);
  assert.equal(asked(tabs[2].tab), 1);
  assert.equal(asked(), 1);
  await focus(tabs[4]);
  await time(4);
  assert.equal(asked(tabs[4].tab), 1);
  assert.equal(asked(), 2);
  await context.close();
});

test("ten changes of focus within two seconds cost one request at most", async () => {
  const { context, tabs, time } = await browser(2);
  for (let turn = 0; turn < 10; turn++) {
    await tabs[turn % 2].evaluate(() => window.dispatchEvent(new Event("blur")));
    await focus(tabs[(turn + 1) % 2]);
  }
  await time(4);
  assert.ok(asked() <= 1, told());
  await context.close();
});

test("five tabs that are seen at once ask once each at most", async () => {
  const { context, tabs, time } = await browser(5);
  await Promise.all(tabs.map(becomeVisible));
  await time(4);
  assert.ok(asked() <= 5, told());
  await context.close();
});

test("a burst of messages costs one request", async () => {
  const { context, tabs, time } = await browser(5);
  const stranger = await ground.open(context, { library: "hallpass/session" });
  const count = () => addEventListener("storage", () => (window.messages = (window.messages ?? 0) + 1));
  for (const tab of tabs) await tab.evaluate(count);
  ground.gate.clear();
  await stranger.evaluate(() => {
    for (let n = 0; n < 20; n++) {
      const message = { event: "session", data: { trigger: "getSession" }, timestamp: n };
      localStorage.setItem("nextauth.message", JSON.stringify(message));
    }
  });
  // What comes after the request has to be asked for anew.
  for (const tab of tabs) await tab.waitForFunction(() => window.messages === 20);
  await time(4);
  assert.equal(asked(), 1, told());
  for (const tab of tabs) assert.equal(await shown(tab), `authenticated ${ADA}`);
  await context.close();
});

test("five tabs with keepAlive have one that polls", async () => {
  const { context, tabs, time } = await browser(5, { plan: { options: { keepAlive: 4 } } });
  await time(4);
  ground.gate.clear();
  await time(12);
  const polls = ground.gate.asked.filter(({ what }) => what === SESSION);
  assert.ok(polls.length >= 2 && polls.length <= 4, told());
  assert.equal(new Set(polls.map(({ tab }) => tab)).size, 1);
  for (const tab of tabs) assert.equal(await shown(tab), `authenticated ${ADA}`);
  await context.close();
});

test("five tabs with clientMaxAge have one that asks", async () => {
  const { context, time } = await browser(5, { plan: { options: { clientMaxAge: 4 } } });
  await time(4);
  ground.gate.clear();
  await time(12);
  const tabs = ground.gate.asked.filter(({ what }) => what === SESSION).map(({ tab }) => tab);
  assert.ok(tabs.length >= 2 && tabs.length <= 4, told());
  await context.close();
});

test("when the tab that polls is closed another takes over within two seconds of when it was due", async () => {
  const { context, tabs } = await browser(5, { plan: { options: { keepAlive: 4 } } });
  const step = async () => {
    await context.clock.runFor(100);
    await steady(ground, context);
  };
  const untilPoll = async () => {
    ground.gate.clear();
    for (let passed = 100; ; passed += 100) {
      await step();
      const poll = ground.gate.asked.find(({ what }) => what === SESSION);
      if (poll) return { passed, tab: poll.tab };
      assert.ok(passed < 20_000, "nobody polls");
    }
  };
  const { tab: poller } = await untilPoll();
  await tabs.find(({ tab }) => tab === poller).close();
  const next = await untilPoll();
  assert.notEqual(next.tab, poller);
  assert.ok(next.passed <= 6_200, `${next.passed} ms after the last poll, with 4000 between two`);
  await context.close();
});

test("what failed offline is asked at once when the network is back, by one tab", async () => {
  const { context, tabs, time } = await browser(3);
  await context.setOffline(true);
  await call(tabs[0], "getSession");
  for (const tab of tabs) await tab.waitForFunction(() => window.seen.values[0].stale);
  for (const tab of tabs) assert.equal(await shown(tab), `authenticated ${ADA}`);
  ground.gate.clear();
  await context.setOffline(false);
  for (const tab of tabs) await tab.waitForFunction(() => !window.seen.values[0].stale);
  await time(3);
  assert.ok(asked() <= 2, told());
  await context.close();
});

test("a signed-out browser does not poll", async () => {
  const { context, time } = await browser(2, { as: null, plan: { options: { keepAlive: 2, clientMaxAge: 1 } } });
  await time(8);
  assert.equal(asked(), 0, told());
  await context.close();
});
