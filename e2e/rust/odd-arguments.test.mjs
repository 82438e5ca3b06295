// What nobody should hand to the client in Rust, and its types let pass: each is told or does nothing, and the page goes on.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADA, PASSWORD, call, openGround, passes, shown, steady, until } from "../client/ground.mjs";
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

const LIBRARY = "hallpass-browser";
const asked = (what = "GET /session") => ground.gate.count(what);

/** A page of somebody's or nobody's; `play` gives the errors that it is to have told. */
function odd(name, play, { as = null, clock = false, plan = {} } = {}) {
  test(name, async () => {
    const context = await ground.context({ as, clock });
    const page = await ground.open(context, { library: LIBRARY, plan });
    const told = await play({ context, page, time: (seconds) => passes(ground, context, seconds) });
    await works(context, page, told);
    await context.close();
    ground.sessions.clear();
  });
}

const NEVER = 1e300;
const ALWAYS = 1e-9;

for (const [name, options, most] of [
  ["as long as can be", { clientMaxAge: NEVER, keepAlive: NEVER, focusWindow: NEVER }, 1],
  ["longer than a browser can count", { clientMaxAge: 3e6, keepAlive: 1e7, focusWindow: 1e9 }, 1],
  // Not more than one a second.
  ["a nanosecond", { clientMaxAge: ALWAYS, keepAlive: ALWAYS, focusWindow: ALWAYS }, 6],
  ["none", { clientMaxAge: 0, keepAlive: 0, focusWindow: 0 }, 1],
]) {
  odd(
    `times of ${name} are kept to, and the server is not overrun`,
    async ({ page, time }) => {
      await until(page, "authenticated");
      await time(5);
      assert.equal(await shown(page), `authenticated ${ADA}`);
      assert.ok(asked() <= most, `${asked()} requests`);
    },
    { as: ADA, clock: true, plan: { options } },
  );
}

for (const basePath of ["//", "\\\\", " \t\n", "\u0000", "/../..", "nothing", "#", "javascript:alert(1)"]) {
  odd(`a base path of ${JSON.stringify(basePath)}: nobody answers there, which is told`, async ({ context, page }) => {
    await until(page, "unauthenticated");
    await call(page, "setOptions", { basePath });
    assert.equal(await call(page, "getSession"), null);
    assert.equal(await call(page, "getCsrfToken"), null);
    assert.equal(await call(page, "getProviders"), null);
    assert.match((await call(page, "update", { a: 1 })).thrown, /the sign-in server's answer is no session/);
    const { error, ok } = await call(page, "signIn", "credentials", { redirect: false, email: ADA, password: PASSWORD });
    assert.deepEqual([error, ok], ["FetchError", false]);
    assert.equal(await page.evaluate(() => window.api.getSnapshot().stale), true);
    await steady(ground, context);
    return Array(4).fill(/^\[hallpass\] (GET|POST) .*\. Is hallpass at this base path\?$/s);
  });
}

const PROVIDERS = ["", "nobody", "constructor", "../signout", "a/b?c#d", "\u0000", "x".repeat(100_000)];
for (const provider of PROVIDERS) {
  const name = provider.length > 20 ? "a hundred thousand letters" : JSON.stringify(provider);
  odd(`a sign-in with ${name} shows the sign-in page, also if it was to stay`, async ({ page }) => {
    await until(page, "unauthenticated");
    const shows = page.waitForURL(/\/api\/auth\/signin\?callbackUrl=/);
    await Promise.all([shows, page.evaluate((name) => void api.signIn(name, { redirect: false }), provider)]);
    await page.goBack();
    await page.waitForFunction(() => window.api);
    await page.evaluate(() => window.mount({}));
    await until(page, "unauthenticated");
  });
}

const URLS = [
  ...["", "javascript:alert(1)", "data:text/html,x", "https://elsewhere.example/", "//elsewhere.example", "http://[", "\u0000"],
  "x".repeat(100_000),
];
for (const callbackUrl of URLS) {
  const name = callbackUrl.length > 40 ? "a hundred thousand letters" : JSON.stringify(callbackUrl);
  odd(`a callback URL of ${name} leads nowhere else`, async ({ page }) => {
    await until(page, "unauthenticated");
    const words = { email: ADA, password: PASSWORD, callbackUrl };
    const stayed = await call(page, "signIn", "credentials", { ...words, redirect: false });
    assert.equal(typeof stayed.status, "number", JSON.stringify(stayed));
    if (stayed.url) assert.equal(new URL(stayed.url).origin, ground.origin);
    const out = await call(page, "signOut", { redirect: false, callbackUrl });
    assert.ok(!out.thrown, out.thrown);
    if (out.url) assert.equal(new URL(out.url, ground.origin).origin, ground.origin);
    // And where the page is left for it.
    await Promise.all([page.waitForEvent("load"), page.evaluate((given) => void api.signIn("credentials", given), words)]);
    assert.equal(new URL(page.url()).origin, ground.origin);
    await page.goto(`${ground.origin}/?library=${LIBRARY}`);
    await page.evaluate(() => window.mount({}));
    await page.waitForFunction(() => document.getElementById("who-0").dataset.status !== "loading");
    // The server takes no more than so much, and says so.
    return callbackUrl.length > 40 ? Array(2).fill(/the body is too large/) : [];
  });
}

odd(
  "data that is no JSON is told before anything is sent",
  async ({ page }) => {
    await until(page, "authenticated");
    assert.match((await call(page, "updateUnwritable")).thrown, /the data to update the session with is no JSON: key must be/);
    assert.equal(asked("POST /session"), 0);
  },
  { as: ADA },
);

for (const data of ["text", 0, [], {}, { csrfToken: "mine" }, { "\u0000": "\u2028" }, "x".repeat(50_000)]) {
  const name = JSON.stringify(data).slice(0, 20);
  odd(
    `an update with ${name} gives the session`,
    async ({ page }) => {
      await until(page, "authenticated");
      assert.equal((await call(page, "update", data))?.user?.email, ADA);
    },
    { as: ADA },
  );
}

for (const text of ["", "text", "{", '{"user":{"na', "<html>a page</html>", "\u0000", " null", "{} ", '{"user":7}', "[[[1]]]"]) {
  odd(
    `a page that was rendered with ${JSON.stringify(text)} goes on`,
    async ({ page }) => {
      await call(page, "getSession");
      await until(page, "authenticated");
      assert.equal(await shown(page), `authenticated ${ADA}`);
    },
    { as: ADA, plan: { text } },
  );
}

odd(
  "a page that was rendered with a session a hundred thousand deep goes on",
  async ({ page }) => {
    await call(page, "getSession");
    await until(page, "authenticated");
    await page.evaluate(() => window.unmount());
    await page.evaluate(() => window.mount({ text: "[".repeat(100_000) + "]".repeat(100_000) }));
    await call(page, "getSession");
    await until(page, "authenticated");
  },
  { as: ADA },
);

for (const [what, body] of Object.entries({
  "whose user is a number": { user: 7 },
  "whose user is nobody": { user: null },
  "without a user": {},
  "with an end that is none": { user: { email: ADA }, expires: "soon" },
  "with an end that is a number": { user: { email: ADA }, expires: 7 },
  "with a name that is a list": { user: { name: [] } },
})) {
  odd(
    `a session ${what} is an error value or a session, and the next one is shown`,
    async ({ page }) => {
      await until(page, "authenticated");
      ground.gate.answer("GET /session", { body: { expires: "2099-01-01T00:00:00.000Z", ...body } });
      const told = await call(page, "getSession");
      if (told.thrown) {
        assert.match(told.thrown, /the session does not fit the application's type/);
        assert.match(await page.evaluate(() => window.api.getSnapshot().misfit), /does not fit/);
      } else {
        assert.equal(told.user.email, ADA);
      }
      ground.gate.lift();
      assert.equal((await call(page, "getSession")).user.email, ADA);
    },
    { as: ADA },
  );
}
