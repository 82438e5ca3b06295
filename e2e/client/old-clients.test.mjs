// Tabs that run next-auth's own clients, beside tabs that run ours: they follow each other through localStorage.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADA, call, openGround, passes, signInHere, until } from "./ground.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());

const HERE = process.env.HALLPASS_LIBRARY;
const PAIRS = [
  ["hallpass/client", "next-auth-3"],
  ["hallpass/react", "next-auth-4"],
  ["hallpass/client", "next-auth-4"],
];

for (const [ours, old] of HERE ? [[HERE, "next-auth-4"]] : PAIRS) {
  const pair = async (as, run) => {
    const context = await ground.context({ as, clock: true, faulty: true });
    const one = await ground.open(context, { library: ours, plan: {} });
    const other = await ground.open(context, { library: old, react: old === "next-auth-3" ? 17 : 18, plan: {} });
    for (const page of [one, other]) await until(page, as ? "authenticated" : "unauthenticated");
    // So that no message is lost because an older one of the same second has the same text.
    await passes(ground, context, 3);
    ground.gate.clear();
    await run(one, other, context);
    await passes(ground, context, 5);
    // Nobody goes on talking about it.
    assert.ok(ground.gate.count("GET /session") <= 5, `${ground.gate.count("GET /session")} requests`);
    assert.deepEqual(await one.evaluate(() => window.faults), []);
    await context.close();
  };

  test(`${old} follows the sign-out of ${ours}`, () =>
    pair(ADA, async (one, other) => {
      await call(one, "signOut", { redirect: false });
      await until(other, "unauthenticated");
    }));

  test(`${old} follows the sign-in of ${ours}`, () =>
    pair(null, async (one, other) => {
      await signInHere(one);
      await until(other, "authenticated");
    }));

  test(`${ours} follows the sign-out of ${old}`, () =>
    pair(ADA, async (one, other, context) => {
      await call(other, "signOut", { redirect: false });
      await passes(ground, context, 2);
      await until(one, "unauthenticated");
    }));

  test(`${ours} follows the sign-in of ${old}, once that tab reads it`, () =>
    pair(null, async (one, other, context) => {
      await signInHere(other);
      await call(other, "getSession");
      await passes(ground, context, 2);
      await until(one, "authenticated");
    }));

  test(`${old} follows what ${ours} finds out`, () =>
    pair(ADA, async (one, other, context) => {
      await ground.signOut(context);
      await call(one, "getSession");
      await until(other, "unauthenticated");
    }));
}
