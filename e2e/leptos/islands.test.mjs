// A page whose server wrote two islands of Leptos into it, each with a `<SessionProvider>`: they share what the page knows.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADA, call, faults, openGround, passes, until } from "../client/ground.mjs";

const LIBRARY = "hallpass-leptos_islands";
const ISLANDS = [0, 1];
const SOMEBODY = `authenticated ${ADA}`;

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
beforeEach(() => ground.gate.clear());

/** The page as the server renders it for this session; without one it did not look. */
const open = (context, session) => ground.open(context, { library: LIBRARY, plan: { session }, rendered: true });
const session = async (context) => (await context.request.get(`${ground.origin}/api/auth/session`)).json();
const take = (page, n) => page.evaluate((n) => window.take(n), n);
const seen = (page) => page.evaluate(() => window.seen);
const reads = (page) => ground.gate.count("GET /session", page.tab);

async function isClean(context, page) {
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(context.said, []);
  await context.close();
}

for (const [who, as, text] of [
  ["somebody", ADA, SOMEBODY],
  ["nobody", null, "unauthenticated null"],
]) {
  test(`islands that were rendered for ${who} show it from the first byte and ask nothing`, async () => {
    const context = await ground.context({ as, clock: true });
    const page = await open(context, as ? await session(context) : null);
    for (const n of ISLANDS) await take(page, n);
    await passes(ground, context, 4);
    assert.equal(reads(page), 0);
    assert.deepEqual(await seen(page), [[text], [text]]);
    await isClean(context, page);
  });
}

test("islands that were rendered without a look at the session ask once, for both", async () => {
  const context = await ground.context({ as: ADA, clock: true });
  const page = await open(context, undefined);
  for (const n of ISLANDS) await take(page, n);
  for (const n of ISLANDS) await until(page, "authenticated", n);
  await passes(ground, context, 4);
  assert.equal(reads(page), 1);
  assert.deepEqual(await seen(page), ISLANDS.map(() => ["loading undefined", SOMEBODY]));
  await isClean(context, page);
});

test("an island that is taken over after the page has learned more is taken over as it was written, and follows", async () => {
  const context = await ground.context({ as: ADA, clock: true });
  const page = await open(context, undefined);
  await take(page, 0);
  await until(page, "authenticated", 0);
  await take(page, 1);
  await until(page, "authenticated", 1);
  await passes(ground, context, 4);
  assert.equal(reads(page), 1);
  assert.deepEqual(await seen(page), ISLANDS.map(() => ["loading undefined", SOMEBODY]));
  await isClean(context, page);
});

test("a sign-out in another tab shows in every island, also in one that is taken over afterwards", async () => {
  const context = await ground.context({ as: ADA });
  const known = await session(context);
  const [page, late] = [await open(context, known), await open(context, known)];
  for (const n of ISLANDS) await take(page, n);
  await take(late, 0);
  const other = await ground.open(context, { library: "hallpass/session" });
  await call(other, "signOut", { redirect: false });
  for (const n of ISLANDS) await until(page, "unauthenticated", n);
  await until(late, "unauthenticated", 0);
  await take(late, 1);
  await until(late, "unauthenticated", 1);
  assert.deepEqual(await seen(page), ISLANDS.map(() => [SOMEBODY, "unauthenticated null"]));
  assert.deepEqual(await seen(late), ISLANDS.map(() => [SOMEBODY, "unauthenticated null"]));
  assert.deepEqual(await faults(late), []);
  await isClean(context, page);
});
