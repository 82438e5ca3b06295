// What a client says when the server cannot be asked: what, with which result, and why; once; to the console and the log.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADA, LIBRARIES, becomeVisible, call, openGround, passes, until } from "./ground.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
beforeEach(() => {
  ground.gate.lift();
  ground.gate.clear();
});

/** What our client said; Chromium has its own line for a failed request. */
const said = (context) => context.said.filter((text) => text.startsWith("[hallpass]"));
const logged = () =>
  ground.gate.asked
    .filter(({ what }) => what === "POST /_log")
    .map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

const CASES = {
  "HTML of a proxy, with 502": [
    { status: 502, type: "text/html", body: "<h1>Bad gateway</h1>" },
    ["502", "text/html", "<h1>Bad gateway</h1>"],
    /running/i,
  ],
  "HTML of another site, with 200": [
    { type: "text/html", body: "<!doctype html><p>A shop" },
    ["200", "text/html", "<!doctype html><p>A shop"],
    /base path/i,
  ],
  "a 404, as of a wrong base path": [
    { status: 404, type: "text/html", body: "<p>not here" },
    ["404", "text/html", "<p>not here"],
    /base path/i,
  ],
  "JSON of a server that failed": [
    { status: 500, body: { message: "oh" } },
    ["500", "application/json", "oh"],
    /running|log/i,
  ],
  "nothing at all": [null, ["Failed to fetch"], /running/i],
};

for (const [name, [rule, parts, cause]] of Object.entries(CASES)) {
  for (const library of LIBRARIES) {
    test(`${library}: ${name} is said once, with what was asked and a likely cause`, async () => {
      const context = await ground.context({ clock: true });
      if (rule) ground.gate.answer("GET /session", rule);
      else ground.gate.drop("GET /session");
      const page = await ground.open(context, { library, plan: {} });
      await until(page, "unauthenticated");
      await passes(ground, context, 30);
      assert.ok(ground.gate.count("GET /session") > 3, "it was tried again");
      const [line, ...more] = said(context);
      assert.deepEqual(more, []);
      for (const part of ["GET", "/api/auth/session", ...parts])
        assert.ok(line.includes(part), `${line} does not say ${part}`);
      assert.match(line, cause);
      await ground.gate.until(() => ground.gate.count("POST /_log") > 0);
      const [log, ...rest] = logged();
      assert.deepEqual(rest, []);
      assert.equal(log.level, "error");
      assert.equal(log.code, "CLIENT_FETCH_ERROR");
      assert.ok(log.message.includes("/api/auth/session"), log.message);
      await context.close();
    });
  }
}

test("another fault, and the same one after all was well, is said again", async () => {
  const context = await ground.context({ as: ADA, clock: true });
  const page = await ground.open(context, { plan: {} });
  await until(page, "authenticated");
  for (const [count, status] of [
    [1, 500],
    [2, 503],
  ]) {
    ground.gate.answer("GET /session", { status, type: "text/html", body: "<p>" });
    await passes(ground, context, 3);
    await call(page, "getSession");
    assert.equal(said(context).length, count, said(context).join("\n"));
  }
  ground.gate.lift();
  await passes(ground, context, 3);
  await call(page, "getSession");
  ground.gate.answer("GET /session", { status: 503, type: "text/html", body: "<p>" });
  await passes(ground, context, 3);
  await call(page, "getSession");
  assert.equal(said(context).length, 3);
  await context.close();
});

test("only the first bytes of an answer are said", async () => {
  const context = await ground.context();
  ground.gate.answer("GET /providers", { type: "text/html", body: `<p>${"x".repeat(1e6)}` });
  const page = await ground.open(context, { plan: {} });
  assert.equal(await call(page, "getProviders"), null);
  assert.ok(said(context)[0].length < 400, `${said(context)[0].length} characters`);
  await context.close();
});

test("what a sign-in sends is not said", async () => {
  const context = await ground.context();
  ground.gate.answer("POST /callback/credentials", { status: 500, type: "text/html", body: "<p>" });
  const page = await ground.open(context, { plan: {} });
  await call(page, "signIn", "credentials", { redirect: false, email: ADA, password: "a secret of mine" });
  const lines = [...said(context), ...logged().map(({ message }) => message)];
  assert.ok(
    lines.some((line) => line.includes("POST /api/auth/callback/credentials")),
    lines.join("\n"),
  );
  assert.ok(!lines.some((line) => line.includes("secret") || line.includes(ADA)));
  await context.close();
});

test("the server that is back is found, and a request that was given up is not said", async () => {
  const context = await ground.context({ as: ADA, clock: true });
  const page = await ground.open(context, { plan: {} });
  await until(page, "authenticated");
  await passes(ground, context, 3);
  const held = ground.gate.hold("GET /session");
  await becomeVisible(page);
  await held.until(1);
  ground.gate.lift();
  await call(page, "signOut", { redirect: false });
  await until(page, "unauthenticated");
  held.release();
  await passes(ground, context, 2);
  assert.deepEqual(said(context), []);
  await context.close();
});

test("leaving a page in the middle of a request is no fault", async () => {
  const context = await ground.context({ as: ADA });
  const held = ground.gate.hold("GET /session");
  const page = await ground.open(context, { plan: {} });
  await held.until(1);
  await page.goto(`${ground.origin}/?tab=${page.tab}&left`);
  ground.gate.lift();
  held.release();
  await page.evaluate(() => window.mount({}));
  await until(page, "authenticated");
  assert.deepEqual(said(context), []);
  assert.deepEqual(logged(), []);
  await context.close();
});
