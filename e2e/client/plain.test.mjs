// A page without a framework.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADA, call, openGround, passes, shown, signInHere, until } from "./ground.mjs";
import { script } from "./bundle.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());

const PLAIN = process.env.HALLPASS_LIBRARY ?? "hallpass/session";
const open = (context, plan = {}) => ground.open(context, { library: PLAIN, plan });

test("there is no React in it", async () => {
  const text = await script(PLAIN);
  assert.ok(!/useEffect|useSyncExternalStore/.test(text));
});

test("a plain page shows who is signed in, signs out and in, for one request each", async () => {
  const context = await ground.context({ as: ADA, clock: true });
  const page = await open(context);
  await until(page, "authenticated");
  assert.equal(ground.gate.count("GET /session", page.tab), 1);
  await call(page, "signOut", { redirect: false });
  await until(page, "unauthenticated");
  assert.equal(ground.gate.count("GET /session", page.tab), 1);
  await signInHere(page);
  await until(page, "authenticated");
  await passes(ground, context, 3);
  assert.equal(ground.gate.count("GET /session", page.tab), 2);
  assert.deepEqual(await page.evaluate(() => window.seen.shown.filter((text, n, all) => text !== all[n - 1])), [
    "loading undefined",
    `authenticated ${ADA}`,
    "unauthenticated null",
    `authenticated ${ADA}`,
  ]);
  assert.deepEqual(await page.evaluate(() => window.faults), []);
  await context.close();
});

test("getSnapshot gives the same object until something changed", async () => {
  const context = await ground.context({ as: ADA });
  const page = await open(context);
  await until(page, "authenticated");
  const same = await page.evaluate(async () => {
    const before = window.api.getSnapshot();
    await window.api.getSession();
    return before === window.api.getSnapshot();
  });
  assert.equal(same, true);
  await context.close();
});

test("who has unsubscribed hears no more, and the last one stops the polls", async () => {
  const context = await ground.context({ as: ADA, clock: true });
  const page = await open(context, { options: { keepAlive: 2 } });
  await until(page, "authenticated");
  await page.evaluate(() => (window.unmount(), window.unmount()));
  ground.gate.clear();
  await passes(ground, context, 6);
  assert.equal(ground.gate.count("GET /session"), 0);
  const before = await shown(page);
  await call(page, "signOut", { redirect: false });
  assert.equal(await shown(page), before);
  await context.close();
});

test("a session that the page was rendered with needs no request", async () => {
  const context = await ground.context({ as: ADA, clock: true });
  const session = { user: { email: ADA }, expires: "2099-01-01T00:00:00.000Z" };
  const page = await open(context, { session });
  await until(page, "authenticated");
  await passes(ground, context, 3);
  assert.equal(ground.gate.count("GET /session", page.tab), 0);
  await context.close();
});
