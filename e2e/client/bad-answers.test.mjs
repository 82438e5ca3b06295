// Servers that say nothing, nonsense, or where not to go.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { ADA, call, openGround, passes, shown, signInHere, steady, until } from "./ground.mjs";
import { trying } from "./trying.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
const tried = trying(() => ground);

const AUTHENTICATED = `authenticated ${ADA}`;
const asked = (what = "GET /session") => ground.gate.count(what);
const time = (context, seconds) => passes(ground, context, seconds);

tried("providers that cannot be had lead to the error page, or are told", async ({ open }) => {
  const page = await open();
  await until(page, "unauthenticated");
  ground.gate.drop("GET /providers");
  assert.equal(await call(page, "getProviders"), null);
  const { ok, status, url, error } = await signInHere(page);
  assert.deepEqual([ok, status, url, typeof error], [false, 0, null, "string"]);
  await Promise.all([
    page.waitForURL(/\/api\/auth\/error/),
    page.evaluate(() => void window.api.signIn("credentials")),
  ]);
  return page;
});

for (const [name, answer] of Object.entries({
  HTML: { type: "text/html", body: "<p>" },
  null: { body: "null" },
  "an array": { body: "[]" },
  text: { body: '"x"' },
  "entries of null": { body: { credentials: null } },
})) {
  tried(`a list of providers that is ${name}`, async ({ open }) => {
    const page = await open();
    await until(page, "unauthenticated");
    ground.gate.answer("GET /providers", answer);
    const result = await call(page, "getProviders");
    assert.ok(!result?.thrown, result?.thrown);
    await Promise.all([
      page.waitForURL(/\/api\/auth\/(error|signin)/),
      page.evaluate(() => void window.api.signIn("credentials")),
    ]);
    return page;
  });
}

for (const place of ["GET /csrf", "POST /callback/credentials"]) {
  for (const [name, rule] of Object.entries({
    lost: null,
    "a 500": { status: 500, body: "{}" },
    HTML: { type: "text/html", body: "<p>" },
    null: { body: "null" },
    "a text": { body: '"x"' },
  })) {
    tried(`a sign-in whose ${place} is ${name} is told, and the page goes on`, async ({ open }) => {
      // A read that brings no token, so that it is asked for.
      if (place === "GET /csrf") ground.gate.answer("GET /session", {});
      const page = await open();
      await until(page, "unauthenticated");
      if (rule) ground.gate.answer(place, rule);
      else ground.gate.drop(place);
      const result = await signInHere(page);
      assert.ok(result && !result.thrown, JSON.stringify(result));
      const told = result.ok === false || result.error;
      assert.ok(place === "GET /csrf" ? told : told || name === "null" || name === "a text", JSON.stringify(result));
      assert.ok(ground.gate.count(place) > 0, `${place} was not asked`);
      ground.gate.lift();
      assert.equal((await signInHere(page)).ok, true);
      await until(page, "authenticated");
      return page;
    });
  }
}

for (const rule of [null, { status: 500, body: "{}" }, { type: "text/html", body: "<p>" }, { body: "null" }]) {
  tried(
    `a sign-out that is answered with ${rule ? `${rule.status ?? 200} ${rule.body}` : "nothing"} does not claim that it happened`,
    async ({ context, open }) => {
      const page = await open();
      await until(page, "authenticated");
      if (rule) ground.gate.answer("POST /signout", rule);
      else ground.gate.drop("POST /signout");
      const result = await call(page, "signOut", { redirect: false });
      assert.ok(!result?.thrown, result?.thrown);
      await steady(ground, context);
      if (rule?.body === "null") return page;
      assert.equal(await shown(page), AUTHENTICATED);
      ground.gate.lift();
      await call(page, "signOut", { redirect: false });
      await until(page, "unauthenticated");
      return page;
    },
    { as: ADA },
  );
}

const ELSEWHERE = [
  "javascript:window.pwned=1",
  "JaVaScRiPt:window.pwned=1",
  " javascript:window.pwned=1",
  "java\nscript:window.pwned=1",
  "data:text/html,<p>",
  "file:///etc/passwd",
  "blob:x",
  "about:blank",
  "http://",
  "http://[",
  7,
  {},
  ["javascript:window.pwned=1"],
];
for (const url of ELSEWHERE) {
  for (const [name, place] of [
    ["signIn", "POST /callback/credentials"],
    ["signOut", "POST /signout"],
  ]) {
    tried(
      `${name} does not follow the server to ${JSON.stringify(url)}`,
      async ({ open }) => {
        const page = await open();
        await until(page, "authenticated");
        ground.gate.answer(place, { body: { url } });
        const stayed = await call(
          page,
          name,
          ...(name === "signIn" ? ["credentials", { redirect: false }] : [{ redirect: false }]),
        );
        assert.ok(!stayed?.thrown, stayed?.thrown);
        const loaded = page.waitForEvent("load");
        await page.evaluate(
          ([called, words]) => void window.api[called](...words),
          [name, name === "signIn" ? ["credentials"] : []],
        );
        await loaded;
        assert.equal(await page.evaluate(() => window.pwned), undefined);
        assert.ok(page.url().startsWith(`${ground.origin}/`), page.url());
        return page;
      },
      { as: ADA, libraries: ["hallpass/client", "hallpass/react"] },
    );
  }
}

tried(
  "a relative and a foreign page of the web are followed",
  async ({ open, library }) => {
    const page = await open();
    await until(page, "unauthenticated");
    for (const url of [`${ground.origin}/after?x`, `${ground.origin.replace("localhost", "127.0.0.1")}/foreign`]) {
      const answer = url.startsWith(ground.origin) ? "/after?x" : url;
      ground.gate.answer("POST /callback/credentials", { body: { url: answer } });
      await page.goto(`${ground.origin}/?tab=${page.tab}&library=${library}`);
      await Promise.all([page.waitForURL(url), page.evaluate(() => void window.api.signIn("credentials"))]);
    }
    return page;
  },
  { libraries: ["hallpass/client", "hallpass/react"] },
);

for (const [name, rule] of Object.entries({
  lost: null,
  "a 500": { status: 500 },
  HTML: { type: "text/html", body: "<p>" },
  "a number": { body: "7" },
  "a text": { body: '"text"' },
  true: { body: "true" },
  "a list": { body: "[1]" },
  "a session without an end": { body: { user: { email: ADA } } },
  "a session with a senseless end": { body: { user: { email: ADA }, expires: "soon" } },
})) {
  tried(
    `a first answer that is ${name} ends the loading`,
    async ({ context, open }) => {
      if (rule) ground.gate.answer("GET /session", rule);
      else ground.gate.drop("GET /session");
      const page = await open();
      await page.waitForFunction(() => document.getElementById("who-0")?.dataset.status !== "loading");
      await time(context, 20);
      assert.ok(asked() <= 12, `${asked()} requests in 20 s`);
      return page;
    },
    { clock: true },
  );
}

tried(
  "a first answer that never comes ends the loading after fifteen seconds",
  async ({ context, open }) => {
    const held = ground.gate.hold("GET /session");
    const page = await open();
    await held.until(1);
    await time(context, 16);
    await until(page, "unauthenticated");
    ground.gate.lift();
    held.release();
    await time(context, 4);
    await until(page, "authenticated");
    return page;
  },
  { as: ADA, clock: true },
);
