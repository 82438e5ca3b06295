// A page that needs a session, with something of its own in place of the way to the sign-in page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, openGround, passes } from "./ground.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());

const library = process.env.HALLPASS_LIBRARY ?? "hallpass/react";

test("who has to sign in is told once, and not while the server cannot be asked", async () => {
  const context = await ground.context({ clock: true });
  ground.gate.drop("GET /session");
  const page = await ground.open(context, { library, plan: { hook: { call: true } } });
  await page.waitForFunction(() => window.seen.values[0]?.stale);
  await passes(ground, context, 1);
  assert.equal(await page.evaluate(() => window.calls.length), 0);
  ground.gate.lift();
  await call(page, "getSession");
  await page.waitForFunction(() => window.calls.length);
  await call(page, "getSession");
  await passes(ground, context, 3);
  assert.equal(await page.evaluate(() => window.calls.length), 1);
  await context.close();
});
