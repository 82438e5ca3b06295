// One server, three generations: the unmodified clients of next-auth 3, 4 and 5, each with the wire that it expects, and
// session tokens that go to and fro between hallpass and the real packages.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { startPeer } from "../browser/processes.mjs";
import { SECRET } from "../browser/stage.mjs";
import { ADA, call, openGround, signInHere, until, untilText } from "./ground.mjs";

const require = createRequire(import.meta.url);
const open = new Map();
const oidc = startPeer("oidc-provider");
/** A hallpass that speaks this wire, with a provider. */
const opened = async (wire) => {
  const { issuer, clients } = (await oidc).facts;
  return openGround({
    wire,
    "providers.example.kind": "oidc",
    "providers.example.issuer": issuer,
    "providers.example.client_id": clients.basic.id,
    "providers.example.client_secret": clients.basic.secret,
  });
};
const groundOf = (wire) => open.get(wire) ?? open.set(wire, opened(wire)).get(wire);
after(async () => {
  for (const ground of open.values()) await (await ground).close();
  (await oidc).close();
});

const OLDER = { error: "CredentialsSignin", status: 401, ok: false, url: null };
const GENERATIONS = [
  { wire: "v3", library: "next-auth-3", react: 17, cookie: "next-auth.session-token", rejected: OLDER },
  { wire: "v4", library: "next-auth-4", react: 18, cookie: "next-auth.session-token", rejected: OLDER },
  {
    wire: "v5",
    library: "next-auth-5",
    react: 19,
    cookie: "authjs.session-token",
    rejected: { error: "CredentialsSignin", code: "credentials", status: 200, ok: true, url: null },
  },
];

/** What each package writes and reads, by wire. */
const PACKAGES = {
  v3: { jwt: () => require("next-auth-3/jwt").default, salted: () => ({}) },
  v4: { jwt: () => require("next-auth/jwt"), salted: () => ({}) },
  v5: { jwt: () => import("next-auth-5/jwt"), salted: (salt) => ({ salt }) },
};

/** The forms of tokens that there are, and of how many parts each is: version 3 signs, or seals what it signed. */
const WRITTEN = [
  { other: "v3", parts: 3, options: {} },
  { other: "v3", parts: 5, options: { encryption: true } },
  { other: "v4", parts: 5, options: {} },
  { other: "v5", parts: 5, options: { salt: "authjs.session-token" } },
];

async function sessionCookie(context, name) {
  const found = (await context.cookies()).filter((cookie) => cookie.name.includes("session-token"));
  assert.deepEqual(found.map((cookie) => cookie.name), [name]);
  return found[0].value;
}

for (const { wire, library, react, cookie, rejected } of GENERATIONS) {
  const visit = async (run) => {
    const ground = await groundOf(wire);
    const context = await ground.context();
    const page = await ground.open(context, { library, react, plan: {} });
    await run({ ground, context, page });
    assert.deepEqual(await page.evaluate(() => window.faults), []);
    assert.deepEqual(context.said.filter((text) => text.includes("[next-auth]")), []);
    await context.close();
  };

  test(`${library}: signs in, reads, signs out`, () =>
    visit(async ({ context, page }) => {
      await until(page, "unauthenticated");
      assert.equal(await call(page, "getSession"), null);
      assert.deepEqual(await signInHere(page, ADA, "not the password at all"), rejected);
      assert.equal((await signInHere(page)).ok, true);
      await untilText(page, ADA);
      assert.equal((await call(page, "getSession")).user.email, ADA);
      await sessionCookie(context, cookie);
      assert.equal((await call(page, "getProviders")).credentials.type, "credentials");
      await call(page, "signOut", { redirect: false });
      assert.equal(await call(page, "getSession"), null);
      assert.deepEqual((await context.cookies()).filter(({ name }) => name.includes("session-token")), []);
    }));

  test(`${library}: the sign-in page is shown to who asks for no provider, and says what was wrong`, () =>
    visit(async ({ ground, page }) => {
      await until(page, "unauthenticated");
      await Promise.all([
        page.waitForURL(/\/api\/auth\/signin\?callbackUrl=/),
        page.evaluate(() => void window.api.signIn()),
      ]);
      await page.getByLabel("Password").fill("not the password at all");
      await page.locator("form", { has: page.getByLabel("Password") }).getByLabel("Email").fill(ADA);
      await page.locator("form", { has: page.getByLabel("Password") }).getByRole("button").first().click();
      await page.getByText("Sign in failed. Check the details you provided are correct.").waitFor();
      assert.equal(new URL(page.url()).origin, ground.origin);
    }));

  test(`${library}: a provider elsewhere, and back to the page`, () =>
    visit(async ({ ground, context, page }) => {
      await until(page, "unauthenticated");
      const here = page.url();
      await Promise.all([
        page.waitForURL(/\/interaction\//),
        page.evaluate(() => void window.api.signIn("example")),
      ]);
      await page.getByRole("button", { name: /Ada Lovelace/ }).click();
      await page.waitForURL(here);
      assert.ok(ground.gate.count("POST /signin/example", page.tab) > 0);
      await page.evaluate(() => window.mount({}));
      await untilText(page, "ada@example.com");
      assert.equal((await call(page, "getSession")).user.name, "Ada Lovelace");
      await sessionCookie(context, cookie);
    }));

  // Version 3 has none.
  if (wire !== "v3") {
    test(`${library}: update() hands over its data and shows what came back`, () =>
      visit(async ({ ground, page }) => {
        await until(page, "unauthenticated");
        await signInHere(page);
        await untilText(page, ADA);
        const before = await call(page, "getSession");
        ground.gate.clear();
        const updated = await page.evaluate(() => window.seen.values[0].update({ name: "Somebody else" }));
        // No callback allowed it, so the name is the one that the store knows.
        assert.deepEqual(updated.user, before.user);
        const [post, ...more] = ground.gate.asked.filter(({ what }) => what === "POST /session");
        assert.deepEqual([JSON.parse(post.body).data, more], [{ name: "Somebody else" }, []]);
        await untilText(page, ADA);
        assert.deepEqual(await page.evaluate(() => window.seen.values[0].data.user), before.user);
      }));
  }

  test(`${library}: the package itself opens what hallpass wrote, and hallpass what the package writes`, () =>
    visit(async ({ ground, context, page }) => {
      const { jwt, salted } = PACKAGES[wire];
      const { encode, decode } = await jwt();
      await signInHere(page);
      const token = await sessionCookie(context, cookie);
      const claims = await decode({ token, secret: SECRET, ...salted(cookie) });
      assert.equal(claims.email, ADA);
      const grace = { name: "Grace", email: "grace@navy.example", sub: "1906" };
      const theirs = await encode({ token: grace, secret: SECRET, ...salted(cookie) });
      await context.addCookies([{ name: cookie, value: theirs, url: ground.origin }]);
      assert.equal((await call(page, "getSession")).user.email, grace.email);
      const [head, ...rest] = theirs.split(".");
      const forged = [head, ...rest.slice(0, -1), `${rest.at(-1)[0] === "A" ? "B" : "A"}${rest.at(-1).slice(1)}`].join(".");
      await context.addCookies([{ name: cookie, value: forged, url: ground.origin }]);
      assert.equal(await call(page, "getSession"), null);
    }));
}

test("a token of another generation opens too, whichever wire is spoken", async () => {
  for (const { wire, cookie } of GENERATIONS) {
    const ground = await groundOf(wire);
    for (const { other, parts, options } of WRITTEN) {
      const { encode } = await PACKAGES[other].jwt();
      const ada = { name: "Ada", email: ADA, sub: "1815" };
      const token = await encode({ token: ada, secret: SECRET, ...options });
      assert.equal(token.split(".").length, parts);
      const context = await ground.context();
      await context.addCookies([{ name: cookie, value: token, url: ground.origin }]);
      const answer = await context.request.get(`${ground.origin}/api/auth/session`);
      assert.equal((await answer.json()).user.email, ADA, `${other} ${JSON.stringify(options)} under ${wire}`);
      await context.close();
    }
  }
});

for (const [wire, library] of [["v3", "hallpass/client"], ["v5", "hallpass/react"]]) {
  test(`${library} with the wire ${wire}: a wrong password, a sign-in, a sign-out`, async () => {
    const ground = await groundOf(wire);
    const context = await ground.context();
    const page = await ground.open(context, { library, plan: {} });
    await until(page, "unauthenticated");
    const refused = await signInHere(page, ADA, "not the password at all");
    assert.deepEqual([refused.ok, refused.error], [false, "CredentialsSignin"]);
    assert.equal((await signInHere(page)).ok, true);
    await untilText(page, ADA);
    await call(page, "signOut", { redirect: false });
    await until(page, "unauthenticated");
    assert.deepEqual(context.said.filter((text) => text.startsWith("[hallpass]")), []);
    await context.close();
  });
}
