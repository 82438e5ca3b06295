// Tabs of one site, one with the client in Rust and one with React: they know each other's words and each other's sessions.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADA, GRACE, call, faults, focus, openGround, passes, shown, signInHere, until, untilText } from "../client/ground.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
beforeEach(() => {
  ground.gate.lift();
  ground.gate.clear();
});

const RUST = process.env.HALLPASS_LIBRARY;
const REACT = "hallpass/react";
const asked = (tab) => ground.gate.count("GET /session", tab);

/** Two tabs of a browser that rest: the first acts, the second follows. */
async function pair(acts, follows, { as = ADA, plan = {} } = {}) {
  const context = await ground.context({ as, clock: true });
  const tabs = [];
  for (const library of [acts, follows]) tabs.push(await ground.open(context, { library, plan }));
  for (const tab of tabs) await until(tab, as ? "authenticated" : "unauthenticated");
  await passes(ground, context, 3);
  ground.gate.clear();
  const end = async () => {
    for (const tab of tabs) assert.deepEqual(await faults(tab), []);
    assert.deepEqual(
      context.said.filter((text) => !text.includes("React DevTools")),
      [],
    );
    await context.close();
  };
  return { context, tabs, end };
}

for (const [acts, follows] of [
  [RUST, REACT],
  [REACT, RUST],
]) {
  test(`${follows} follows a sign-in of ${acts}, without a request of its own`, async () => {
    const { context, tabs, end } = await pair(acts, follows, { as: null });
    assert.equal((await signInHere(tabs[0])).ok, true);
    for (const tab of tabs) await untilText(tab, ADA);
    await passes(ground, context, 3);
    assert.deepEqual([asked(tabs[0].tab), asked(tabs[1].tab)], [1, 0]);
    await end();
  });

  test(`${follows} follows a sign-out of ${acts}, without a request of its own`, async () => {
    const { context, tabs, end } = await pair(acts, follows);
    await call(tabs[0], "signOut", { redirect: false });
    for (const tab of tabs) await until(tab, "unauthenticated");
    await passes(ground, context, 4);
    assert.deepEqual([asked(tabs[0].tab), asked(tabs[1].tab)], [0, 0]);
    await end();
  });

  test(`${follows} shows somebody else who signs in with ${acts}`, async () => {
    const { tabs, end } = await pair(acts, follows);
    assert.equal((await signInHere(tabs[0], GRACE)).ok, true);
    for (const tab of tabs) await untilText(tab, GRACE);
    await end();
  });

  test(`${follows} hears from ${acts} that a session is over`, async () => {
    const { context, tabs, end } = await pair(acts, follows);
    await ground.signOut(context);
    assert.equal(await call(tabs[0], "getSession"), null);
    for (const tab of tabs) await until(tab, "unauthenticated");
    await passes(ground, context, 3);
    assert.equal(asked(), 1);
    await end();
  });

  test(`a page of ${follows} that was rendered with the session of ${acts} costs nobody anything`, async () => {
    const { context, tabs, end } = await pair(acts, acts);
    const session = await tabs[0].evaluate(() => fetch("/api/auth/session").then((answer) => answer.json()));
    await passes(ground, context, 3);
    ground.gate.clear();
    const next = await ground.open(context, { library: follows, plan: { session } });
    await until(next, "authenticated");
    await passes(ground, context, 4);
    assert.equal(asked(), 0);
    await end();
  });

  test(`of ${acts} and ${follows} with keepAlive one polls`, async () => {
    const { context, tabs, end } = await pair(acts, follows, { plan: { options: { keepAlive: 4 } } });
    await passes(ground, context, 4);
    ground.gate.clear();
    await passes(ground, context, 12);
    const polls = ground.gate.asked.filter(({ what }) => what === "GET /session").map(({ tab }) => tab);
    assert.ok(polls.length >= 2 && polls.length <= 4, `${polls}`);
    assert.equal(new Set(polls).size, 1);
    for (const tab of tabs) assert.equal(await shown(tab), `authenticated ${ADA}`);
    await end();
  });
}

test("a change of focus in the one counts for the other", async () => {
  const { context, tabs, end } = await pair(RUST, REACT);
  await focus(tabs[0]);
  await focus(tabs[1]);
  await passes(ground, context, 3);
  assert.equal(asked(), 1);
  await end();
});
