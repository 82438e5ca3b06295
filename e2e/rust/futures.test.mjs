// What only Rust has: futures that are dropped, sessions that do not fit a type, and traps, of which there is none.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADA, call, faults, openGround, shown, signInHere, until } from "../client/ground.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
beforeEach(() => {
  ground.gate.lift();
  ground.gate.clear();
});

async function open(as, plan = {}) {
  const context = await ground.context({ as });
  const page = await ground.open(context, { library: "hallpass-browser", plan });
  return { context, page };
}

test("futures that are dropped leave nothing undone and nobody waiting", async () => {
  const { context, page } = await open(ADA);
  await until(page, "authenticated");
  ground.gate.clear();
  for (let turn = 0; turn < 20; turn++) await call(page, "dropAll");
  await ground.gate.until(() => ground.gate.count("POST /session") === 20);
  await ground.gate.idle();
  assert.equal((await call(page, "getSession")).user.email, ADA);
  assert.equal(await shown(page), `authenticated ${ADA}`);
  assert.deepEqual(await faults(page), []);
  await context.close();
});

test("a sign-out whose future is dropped is carried through, and shown", async () => {
  const { context, page } = await open(ADA);
  await until(page, "authenticated");
  const held = ground.gate.hold("POST /signout");
  await call(page, "signOutDropped");
  await held.until(1);
  assert.equal(await shown(page), `authenticated ${ADA}`);
  held.release();
  await until(page, "unauthenticated");
  ground.gate.lift();
  assert.equal(await call(page, "getSession"), null);
  assert.equal((await signInHere(page)).ok, true);
  await until(page, "authenticated");
  await context.close();
  ground.sessions.clear();
});

test("a session that does not fit its type is told, and the page goes on", async () => {
  const { context, page } = await open(ADA);
  await until(page, "authenticated");
  const told = await call(page, "getMisfit");
  assert.match(told, /does not fit the application's type: invalid type: map, expected a sequence/);
  ground.gate.answer("GET /session", { body: { user: 7, expires: "2099-01-01T00:00:00.000Z" } });
  assert.match((await call(page, "getSession")).thrown, /invalid type: integer `7`/);
  assert.match(await page.evaluate(() => window.api.getSnapshot().misfit), /expected struct User/);
  ground.gate.lift();
  assert.equal((await call(page, "getSession")).user.email, ADA);
  assert.equal(await page.evaluate(() => window.api.getSnapshot().misfit), null);
  assert.deepEqual(await faults(page), []);
  await context.close();
});

test("update gives the session as it is, and says when its data was not taken", async () => {
  const { context, page } = await open(ADA);
  await until(page, "authenticated");
  ground.gate.clear();
  assert.equal((await call(page, "update", { theme: "dark" })).user.email, ADA);
  const { body, headers } = ground.gate.asked.find(({ what }) => what === "POST /session");
  assert.deepEqual(JSON.parse(body).data, { theme: "dark" });
  assert.equal(headers["content-type"], "application/json");
  await call(page, "update", null);
  const [, second] = ground.gate.asked.filter(({ what }) => what === "POST /session");
  assert.equal("data" in JSON.parse(second.body), false);
  ground.gate.drop("POST /session");
  assert.match((await call(page, "update", { theme: "light" })).thrown, /no answer of the sign-in server \(TypeError: .*\): is it running\?/);
  ground.gate.answer("POST /session", { status: 400 });
  assert.match((await call(page, "update", { theme: "light" })).thrown, /no session \(400\), and the data counts as not taken: its log says why/);
  ground.gate.answer("POST /session", { type: "text/html", body: "<p>a proxy" });
  assert.match((await call(page, "update", { theme: "light" })).thrown, /no session \(200\).* no proxy in between\?/);
  // Who is signed in is read again, and stays.
  ground.gate.lift();
  assert.equal((await call(page, "getSession")).user.email, ADA);
  assert.equal(await shown(page), `authenticated ${ADA}`);
  await context.close();
});

test("a page that is left for an older one is back with its session, and with its channel", async () => {
  const { context, page } = await open(ADA);
  await until(page, "authenticated");
  const other = await ground.open(context, { library: "hallpass-browser", plan: {} });
  await until(other, "authenticated");
  await page.evaluate(() => {
    for (const name of ["pagehide", "pageshow"]) dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
  });
  await call(other, "signOut", { redirect: false });
  for (const tab of [page, other]) await until(tab, "unauthenticated");
  await context.close();
  ground.sessions.clear();
});
