// What only components have: several providers, none, one that goes and comes back, odd props, and a session that does not fit.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADA, GRACE, call, history, openGround, passes, shown, signInHere, until, untilText } from "../client/ground.mjs";
import { AUTHENTICATED, NOBODY, SESSION } from "../client/scenario.mjs";
import { works } from "./works.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
beforeEach(() => {
  ground.gate.lift();
  ground.gate.clear();
});

const LIBRARY = process.env.HALLPASS_LIBRARY;
const asked = () => ground.gate.count("GET /session");
const render = (page, plan) => page.evaluate((given) => window.render(given), plan);
const seen = async (page) => (await history(page)).shown.filter((text, n, all) => text !== all[n - 1]);

/** A page, what is to be tried with it, and whether it works at its end; `play` gives the errors that it is to have told. */
function check(name, play, { as = ADA } = {}) {
  test(name, async () => {
    const context = await ground.context({ as, clock: true });
    const open = (plan) => ground.open(context, { library: LIBRARY, plan });
    const time = (seconds) => passes(ground, context, seconds);
    const [page, told] = [await play({ open, time, context })].flat();
    await render(page, {});
    await page.waitForSelector("#who-0");
    await works(context, page, told && [told]);
    const disposed = context.said.filter((text) => /disposed|dropped|already borrowed/.test(text));
    assert.deepEqual(disposed, []);
    await context.close();
    ground.sessions.clear();
  });
}

check("outside of a provider nothing is known, and what is missing is named once", async ({ open, time, context }) => {
  const page = await open({ shape: "none", count: 2 });
  await page.waitForSelector("#who-1");
  await time(2);
  assert.deepEqual([await shown(page), await shown(page, 1)], ["loading undefined", "loading undefined"]);
  assert.equal(asked(), 0);
  assert.equal(context.said.filter((text) => text.includes("[hallpass]")).length, 1);
  // The provider that comes then is as good as any.
  await render(page, { count: 2 });
  await until(page, "authenticated", 1);
  return [page, /^\[hallpass\] use_session\(\).* is used outside of <?SessionProvider>?, .*: put <?SessionProvider>? around/];
});

for (const [shape, words] of Object.entries({ two: "two providers side by side", nested: "a provider in a provider" })) {
  check(`${words} make one request and show the same`, async ({ open, time }) => {
    const page = await open({ shape, count: 2 });
    for (const n of [0, 1, 2, 3]) await untilText(page, ADA, n);
    await time(3);
    assert.equal(asked(), 1);
    await call(page, "signOut", { redirect: false });
    for (const n of [0, 1, 2, 3]) await until(page, "unauthenticated", n);
    // One that is taken away leaves the other as it is.
    await render(page, { count: 2 });
    assert.equal((await signInHere(page)).ok, true);
    for (const n of [0, 1]) await untilText(page, ADA, n);
    return page;
  });
}

check("two providers with the same session prop make no request", async ({ open, time }) => {
  const page = await open({ shape: "two", session: SESSION });
  for (const n of [0, 1]) await untilText(page, ADA, n);
  await time(3);
  assert.equal(asked(), 0);
  return page;
});

check("components that leave during a request are not rendered, and find its answer when they are back", async ({ open, time }) => {
  const held = ground.gate.hold("GET /session");
  const page = await open({});
  await held.until(1);
  await render(page, { shape: "empty" });
  await page.waitForSelector("#nothing");
  held.release();
  ground.gate.lift();
  await time(1);
  await render(page, {});
  await until(page, "authenticated");
  return page;
});

check("a provider that leaves and comes back shows what is known at once", async ({ open, time }) => {
  const page = await open({});
  await until(page, "authenticated");
  for (let turn = 0; turn < 5; turn++) {
    await render(page, { shape: "empty" });
    await page.waitForSelector("#nothing");
    await render(page, {});
    await until(page, "authenticated");
  }
  await time(1);
  assert.deepEqual(await seen(page), ["loading undefined", AUTHENTICATED]);
  return page;
});

check("a tree that was taken away hears no more, and one that is mounted again does", async ({ open, time }) => {
  const page = await open({});
  await until(page, "authenticated");
  await page.evaluate(() => window.unmount());
  await page.waitForSelector("#who-0", { state: "detached" });
  await call(page, "signOut", { redirect: false });
  await time(1);
  await page.evaluate(() => window.mount({}));
  await until(page, "unauthenticated");
  await signInHere(page);
  await until(page, "authenticated");
  return page;
});

check("another person is shown without an in-between, and what has not changed renders nothing", async ({ open, time }) => {
  const page = await open({ count: 20 });
  await until(page, "authenticated", 19);
  await time(3);
  const before = (await history(page)).renders;
  for (let turn = 0; turn < 3; turn++) await call(page, "getSession");
  await time(3);
  assert.deepEqual((await history(page)).renders, before);
  await signInHere(page, GRACE);
  for (let n = 0; n < 20; n++) await untilText(page, GRACE, n);
  assert.deepEqual(await seen(page), ["loading undefined", AUTHENTICATED, `authenticated ${GRACE}`]);
  return page;
});

for (const text of ["", "text", '{"user":{"na', "<html>a page</html>", "\u0000"]) {
  check(`a session prop of ${JSON.stringify(text)}, which is no JSON, is as good as none`, async ({ open, time }) => {
    const page = await open({ text });
    await until(page, "authenticated");
    await time(2);
    assert.deepEqual(await seen(page), ["loading undefined", AUTHENTICATED]);
    assert.equal(asked(), 1);
    return page;
  });
}

for (const text of ["{}", " null", "7", "[]"]) {
  check(`a session prop of ${JSON.stringify(text)} is nobody's`, async ({ open, time }) => {
    const page = await open({ text });
    await until(page, "unauthenticated");
    await time(2);
    assert.deepEqual(await seen(page), [NOBODY]);
    await call(page, "getSession");
    await until(page, "authenticated");
    return page;
  });
}

check("a session that does not fit is shown as what is wrong with it, and the next one as it is", async ({ open, time }) => {
  const misfit = { user: 7, expires: SESSION.expires };
  const page = await open({ session: misfit });
  await page.waitForFunction(() => /does not fit.*integer `7`/.test(document.getElementById("who-0")?.textContent));
  ground.gate.answer("GET /session", { body: { user: "text", expires: SESSION.expires } });
  assert.match((await call(page, "getSession")).thrown, /does not fit/);
  await page.waitForFunction(() => /does not fit.*string "text"/.test(document.getElementById("who-0")?.textContent));
  ground.gate.lift();
  await time(3);
  await call(page, "getSession");
  await untilText(page, ADA);
  return page;
});

for (const [name, options, most] of [
  ["as long as can be", { clientMaxAge: 1e300, keepAlive: 1e300, focusWindow: 1e300 }, 1],
  ["a nanosecond", { clientMaxAge: 1e-9, keepAlive: 1e-9, focusWindow: 1e-9 }, 6],
]) {
  check(`props of ${name} are kept to, and the server is not overrun`, async ({ open, time }) => {
    const page = await open({ options });
    await until(page, "authenticated");
    await time(5);
    assert.ok(asked() <= most, `${asked()} requests`);
    return page;
  });
}

check("a base path where nobody answers is told, and another one is taken at once", async ({ open }) => {
  const page = await open({ options: { basePath: "//elsewhere.example" } });
  await until(page, "unauthenticated");
  await render(page, { options: { basePath: "/api/auth" } });
  await call(page, "getSession");
  await until(page, "authenticated");
  return [page, /^\[hallpass\] GET \/elsewhere\.example\/session: /];
});
