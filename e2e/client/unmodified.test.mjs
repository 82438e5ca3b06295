// One application that was written for next-auth 3.29, built with next-auth 3.29.10 and built with hallpass/client: the
// same scenario and the same expectations; next-auth's own also against a hallpass that speaks as version 3 did.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { startPeer } from "../browser/processes.mjs";
import { ADA, PASSWORD, openGround, steady } from "./ground.mjs";

/** Where hallpass keeps a promise of the documentation that next-auth 3.29 did not keep. Nothing else may differ. */
const KEPT = {
  "a session prop saves the request": { "next-auth-3": 1, "hallpass/client": 0 },
  "the calling tab shows what getSession() found": {
    "next-auth-3": "Nobody",
    "hallpass/client": `Signed in as ${ADA}`,
  },
  "a sign-in without a redirect shows in other tabs": {
    "next-auth-3": "Nobody",
    "hallpass/client": `Signed in as ${ADA}`,
  },
};

const RUNS = [
  ["next-auth-3", "v3"],
  ["next-auth-3", "v4"],
  ["hallpass/client", "v4"],
];

const grounds = {};
let smtp;
let oidc;
const groundOf = (wire) => {
  const { issuer, clients } = oidc.facts;
  return openGround({
    wire,
    "email.smtp": `smtp://127.0.0.1:${smtp.facts.plain}`,
    "email.from": "A site <sign-in@site.example>",
    "providers.example.kind": "oidc",
    "providers.example.name": "Example Identity",
    "providers.example.issuer": issuer,
    "providers.example.client_id": clients.basic.id,
    "providers.example.client_secret": clients.basic.secret,
  });
};
before(async () => {
  [smtp, oidc] = await Promise.all([startPeer("smtp"), startPeer("oidc-provider")]);
  for (const wire of ["v3", "v4"]) grounds[wire] = await groundOf(wire);
});
after(async () => {
  for (const ground of Object.values(grounds)) await ground.close();
  smtp.close();
  oidc.close();
});
beforeEach(() => Object.values(grounds).forEach(({ gate }) => gate.clear()));

for (const [library, wire] of RUNS) {
  let ground;
  const kept = (promise) => KEPT[promise][library];
  const open = (context, rest) => ground.open(context, { library, path: "/app", ...rest });
  const text = (page, id) => page.textContent(`#${id}`);
  const untilWho = (page, wanted) =>
    page.waitForFunction((who) => document.getElementById("who")?.textContent === who, wanted);
  const run = (page, name, ...words) => page.evaluate(([called, given]) => window.run[called](...given), [name, words]);
  const SIGNED_IN = `Signed in as ${ADA}`;

  /** A scenario on a page of the app. */
  const scenario = (name, play, { as = null } = {}) =>
    test(`${library} with the wire ${wire}: ${name}`, async () => {
      ground = grounds[wire];
      const context = await ground.context({ as });
      const page = await open(context);
      await untilWho(page, as ? SIGNED_IN : "Nobody");
      await play(page, context);
      assert.deepEqual(await page.evaluate(() => window.faults), []);
      await context.close();
    });

  /** Clicks a button that leads away. */
  const lead = (page, id, to) => Promise.all([page.waitForURL(to), page.click(`#${id}`)]);

  scenario("the surface is the documented one", async (page) => {
    const names = [
      "Provider",
      "csrfToken",
      "getCsrfToken",
      "getProviders",
      "getSession",
      "options",
      "providers",
      "session",
    ];
    const all = [...names, "setOptions", "signIn", "signOut", "signin", "signout", "useSession"];
    const surface = await page.evaluate(() => window.surface);
    assert.deepEqual(surface, { named: all, object: all, functions: 14, aliases: Array(9).fill(true) });
  });

  scenario("who is signed out is nobody, by every function", async (page) => {
    assert.equal(await run(page, "getSession"), null);
    assert.equal(await run(page, "session"), null);
    assert.equal(await run(page, "getSessionQuietly"), null);
    assert.equal(await text(page, "guard"), "Please sign in");
    const token = await run(page, "getCsrfToken");
    assert.match(token, /^[0-9a-f]{64}$/);
    assert.equal(await run(page, "csrfToken"), token);
    assert.equal(await run(page, "setOptions"), undefined);
    const log = await page.evaluate(() => window.log);
    assert.deepEqual(log[0], ["undefined", true]);
    assert.deepEqual(log.at(-1), [null, false]);
  });

  scenario("the ways to sign in are listed", async (page) => {
    const ways = await run(page, "getProviders");
    assert.deepEqual(await run(page, "providers"), ways);
    assert.deepEqual(Object.keys(ways).sort(), ["credentials", "email", "example"]);
    assert.deepEqual(Object.keys(ways.example), ["id", "name", "type", "signinUrl", "callbackUrl"]);
    await page.waitForSelector("#way-example");
    assert.equal(await text(page, "way-example"), "Example Identity (oauth)");
  });

  scenario("a password without a redirect", async (page) => {
    const wrong = await run(page, "password", ADA, "wrong password");
    assert.deepEqual(wrong, { error: "CredentialsSignin", status: 401, ok: false, url: null });
    const right = await run(page, "password", ADA, PASSWORD);
    assert.deepEqual(right, { error: null, status: 200, ok: true, url: `${ground.origin}/app?at=after` });
    await untilWho(page, SIGNED_IN);
    assert.equal(await text(page, "secret"), "Only for you");
    assert.equal(await text(page, "expires"), (await run(page, "getSession")).expires);
    const posts = ground.gate.asked.filter(({ what }) => what === "POST /callback/credentials");
    const fields = Object.fromEntries(new URLSearchParams(posts[1].body));
    const { csrfToken, ...rest } = fields;
    assert.match(csrfToken, /^[0-9a-f]{64}$/);
    assert.equal(rest.json, "true");
    assert.equal(rest.callbackUrl, "/app?at=after");
    assert.deepEqual(await run(page, "leave"), { url: `${ground.origin}/app?at=bye` });
    await untilWho(page, "Nobody");
  });

  scenario("a password with a redirect", async (page) => {
    await lead(page, "in-wrong", /\/api\/auth\/signin\?error=CredentialsSignin/);
    const here = `${ground.origin}/app?library=${library}&tab=1`;
    await page.goto(here);
    await untilWho(page, "Nobody");
    await Promise.all([page.waitForEvent("load"), page.click("#in-password")]);
    await untilWho(page, SIGNED_IN);
    assert.equal(page.url(), here);
  });

  scenario("the address of a mail, with and without a redirect", async (page) => {
    const result = await run(page, "link", ADA);
    const url = `${ground.origin}/api/auth/verify-request?provider=email&type=email`;
    assert.deepEqual(result, { error: null, status: 200, ok: true, url });
    assert.equal((await run(page, "link", "no address")).error, "EmailSignin");
    await lead(page, "in-email", url);
  });

  scenario("a button whose handler is signIn itself", async (page) => {
    const here = page.url();
    await lead(page, "in", /\/api\/auth\/signin\?callbackUrl=/);
    assert.equal(new URL(page.url()).searchParams.get("callbackUrl"), here);
  });

  scenario("no provider and an unknown one", async (page) => {
    await lead(page, "in-null", /\/api\/auth\/signin\?callbackUrl=/);
    assert.equal(new URL(page.url()).searchParams.get("callbackUrl"), `${ground.origin}/app?at=null`);
    await page.goto(`${ground.origin}/app?library=${library}&tab=1`);
    await lead(page, "in-unknown", /\/api\/auth\/signin\?callbackUrl=/);
  });

  scenario("a provider elsewhere, with what is handed on to it", async (page) => {
    await lead(page, "in-example-more", /\/interaction\//);
    const [post] = ground.gate.asked.filter(({ what }) => what === "POST /signin/example");
    assert.equal(post.search, "?login_hint=ada&prompt=login");
  });

  scenario("a provider elsewhere, and back to where was asked", async (page) => {
    await lead(page, "in-example-to", /\/interaction\//);
    await page.getByRole("button", { name: /Ada Lovelace/ }).click();
    await page.waitForURL(`${ground.origin}/app?at=to`);
  });

  scenario("the application's own form", async (page) => {
    // The first visit's requests go out side by side, and each is given a token of its own.
    await page.reload();
    await page.waitForFunction(() => document.querySelector("#own [name=csrfToken]").value);
    await page.fill("#own [name=email]", ADA);
    await page.fill("#own [name=password]", PASSWORD);
    await lead(page, "own-button", `${ground.origin}/app?at=own`);
  });

  scenario(
    "signing out with a button whose handler is signOut itself, and to somewhere",
    async (page, context) => {
      const here = page.url();
      await Promise.all([page.waitForEvent("load"), page.click("#out")]);
      await untilWho(page, "Nobody");
      assert.equal(page.url(), here);
      await ground.signIn(context, ADA);
      await page.reload();
      await untilWho(page, SIGNED_IN);
      await lead(page, "out-to", `${ground.origin}/app?at=bye`);
    },
    { as: ADA },
  );

  scenario(
    "a sign-out shows in the other tab",
    async (page, context) => {
      const other = await open(context);
      await untilWho(other, SIGNED_IN);
      await run(page, "leave");
      await untilWho(page, "Nobody");
      await untilWho(other, "Nobody");
    },
    { as: ADA },
  );

  scenario("kept: the calling tab shows what getSession() found", async (page, context) => {
    await ground.signIn(context, ADA);
    assert.equal((await run(page, "getSession")).user.email, ADA);
    await steady(ground, context);
    assert.equal(await text(page, "who"), kept("the calling tab shows what getSession() found"));
  });

  scenario("kept: a sign-in without a redirect shows in other tabs", async (page, context) => {
    const other = await open(context);
    await untilWho(other, "Nobody");
    await run(page, "password", ADA, PASSWORD);
    await untilWho(page, SIGNED_IN);
    await steady(ground, context);
    assert.equal(await text(other, "who"), kept("a sign-in without a redirect shows in other tabs"));
  });

  scenario(
    "kept: a session prop saves the request",
    async (page, context) => {
      const session = await run(page, "getSession");
      ground.gate.clear();
      const init = `window.given = ${JSON.stringify(session)}`;
      const next = await open(context, { init });
      await untilWho(next, SIGNED_IN);
      await steady(ground, context);
      assert.equal(ground.gate.count("GET /session", next.tab), kept("a session prop saves the request"));
      assert.deepEqual((await next.evaluate(() => window.log))[0], [ADA, false]);
    },
    { as: ADA },
  );
}
