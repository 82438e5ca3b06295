// A page that a server has rendered with a framework in Rust, and that comes to life in the browser: the very elements that the server
// wrote stay, nothing else is shown meanwhile, and nothing is asked that the server knew.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADA, call, faults, openGround, passes, until } from "../client/ground.mjs";

const LIBRARY = process.env.HALLPASS_LIBRARY;

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
beforeEach(() => ground.gate.clear());

/** The page as the server renders it for this session; without one it did not look. */
async function open(context, session) {
  const page = await ground.open(context, { library: LIBRARY, plan: { session }, rendered: true });
  page.html = await (await context.request.get(page.url())).text();
  await page.waitForFunction(() => window.seen.shown.length > 0);
  return page;
}

const session = async (context) => (await context.request.get(`${ground.origin}/api/auth/session`)).json();
const changed = (page) => page.evaluate(() => window.seen.changed);
const shown = (page) => page.evaluate(() => window.seen.shown.filter((text, n, all) => text !== all[n - 1]));

async function isClean(context, page) {
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(context.said, []);
  await context.close();
}

for (const [who, as, status, text] of [
  ["somebody", ADA, "authenticated", ADA],
  ["nobody", null, "unauthenticated", "null"],
]) {
  test(`a page rendered for ${who} shows it from the first byte, asks nothing and changes nothing`, async () => {
    const context = await ground.context({ as, clock: true });
    const page = await open(context, as ? await session(context) : null);
    assert.match(page.html, new RegExp(`<p [^>]*data-status="${status}"[^>]*>${text}<`));
    await passes(ground, context, 4);
    assert.equal(ground.gate.count("GET /session", page.tab), 0);
    assert.deepEqual(await shown(page), [`${status} ${text}`]);
    assert.deepEqual(await changed(page), []);
    await isClean(context, page);
  });
}

test("a page rendered without a look at the session asks once, and fills in what the server left open", async () => {
  const context = await ground.context({ as: ADA, clock: true });
  const page = await open(context, undefined);
  assert.match(page.html, /<p [^>]*data-status="loading"/);
  await until(page, "authenticated");
  await passes(ground, context, 4);
  assert.equal(ground.gate.count("GET /session", page.tab), 1);
  assert.deepEqual(await shown(page), ["loading undefined", `authenticated ${ADA}`]);
  assert.deepEqual([...new Set(await changed(page))].sort(), ["attributes P", "characterData #text"]);
  await isClean(context, page);
});

test("a page rendered for somebody signs out, and for somebody who has left since shows so when it looks", async () => {
  for (const leave of [
    (page) => call(page, "signOut", { redirect: false }),
    (page, context) => ground.signOut(context).then(() => call(page, "getSession")),
  ]) {
    const context = await ground.context({ as: ADA });
    const page = await open(context, await session(context));
    await until(page, "authenticated");
    await leave(page, context);
    await until(page, "unauthenticated");
    await isClean(context, page);
  }
});

test("a session with a name that would end a script is shown and runs nothing", async () => {
  const context = await ground.context();
  const email = "</script><script>window.ran = 1</script>@mail.example";
  const page = await open(context, { user: { email }, expires: new Date(Date.now() + 3.6e6).toISOString() });
  assert.deepEqual(await shown(page), [`authenticated ${email}`]);
  assert.equal(await page.evaluate(() => window.ran), undefined);
  assert.deepEqual(await changed(page), []);
  await isClean(context, page);
});
