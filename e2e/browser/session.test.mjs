import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decode, getToken } from "next-auth/jwt";
import { ADA, SECRET, openStage, shown, signInAda, untilStatus } from "./stage.mjs";

for (const strategy of ["jwt", "database"]) {
  let stage;
  before(async () => {
    stage = await openStage({ oidc: true, settings: { "session.strategy": strategy } });
    await stage.addAda();
  });
  after(() => stage.close());

  test(`${strategy}: the client's functions answer as documented`, async () => {
    const page = await stage.page();
    const ask = (name) => page.evaluate((called) => window.nextAuth[called](), name);
    assert.equal(await ask("getSession"), null);
    const token = await ask("getCsrfToken");
    assert.match(token, /^[0-9a-f]{64}$/);
    assert.equal(await ask("getCsrfToken"), token);
    const providers = await ask("getProviders");
    assert.deepEqual(Object.keys(providers).sort(), ["credentials", "example"]);
    assert.deepEqual(providers.example, {
      id: "example",
      name: "Example Identity",
      type: "oauth",
      signinUrl: `${stage.origin}/api/auth/signin/example`,
      callbackUrl: `${stage.origin}/api/auth/callback/example`,
    });
    await signInAda(page);
    const session = await ask("getSession");
    assert.deepEqual(Object.keys(session), ["user", "expires"]);
    assert.ok(Date.parse(session.expires) > Date.now());
  });

  test(`${strategy}: update() asks the server and keeps the session`, async () => {
    const page = await stage.page();
    await signInAda(page);
    const posted = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/auth/session"));
    const session = await page.evaluate(() => window.update({ name: "Somebody else" }));
    assert.deepEqual(Object.keys(JSON.parse((await posted).postData())), ["csrfToken", "data"]);
    assert.deepEqual(session.user, { name: "Ada Lovelace", email: ADA });
    assert.deepEqual((await shown(page)).session, session);
    assert.equal(await page.evaluate(() => window.update()).then((again) => again.user.email), ADA);
  });

  test(`${strategy}: update() of nobody does nothing`, async () => {
    const page = await stage.page();
    assert.equal(await page.evaluate(() => window.update({ name: "x" })), undefined);
    assert.equal((await shown(page)).status, "unauthenticated");
  });

  test(`${strategy}: signing out without a redirect tells the page, and with one leads away`, async () => {
    const page = await stage.page();
    await signInAda(page);
    const result = await page.evaluate(() => window.nextAuth.signOut({ redirect: false, callbackUrl: "/bye" }));
    assert.deepEqual(result, { url: `${stage.origin}/bye` });
    await untilStatus(page, "unauthenticated");
    await signInAda(page);
    await Promise.all([page.waitForURL(`${stage.origin}/bye`), page.evaluate(() => window.nextAuth.signOut({ callbackUrl: "/bye" })).catch(() => {})]);
    await untilStatus(page, "unauthenticated");
  });

  test(`${strategy}: what one tab does the other shows`, async () => {
    const context = await stage.context();
    const [one, other] = [await stage.page(context), await stage.page(context)];
    await signInAda(one);
    await other.reload();
    await untilStatus(other, "authenticated");
    // The client's time stamp has whole seconds, and the same text twice is no event: the next second must have come.
    const second = Math.floor(Date.now() / 1000);
    await one.waitForFunction((before) => Math.floor(Date.now() / 1000) > before, second);
    await one.evaluate(() => window.nextAuth.signOut({ redirect: false }));
    await untilStatus(other, "unauthenticated");
    assert.equal((await shown(one)).status, "unauthenticated");
  });
}

test("jwt: next-auth on a server of the same secret opens the cookie", async () => {
  const stage = await openStage();
  try {
    await stage.addAda();
    const page = await stage.page();
    const { expires } = await signInAda(page);
    const cookies = Object.fromEntries((await page.context().cookies()).map(({ name, value }) => [name, value]));
    const token = cookies["next-auth.session-token"];
    const claims = await decode({ token, secret: SECRET });
    assert.match(claims.sub, /^.{8,}$/);
    assert.equal(claims.email, ADA);
    assert.equal(claims.name, "Ada Lovelace");
    assert.ok(Math.abs(claims.exp - Date.parse(expires) / 1000) <= 1, `${claims.exp} is not ${expires}`);
    assert.deepEqual(await getToken({ req: { cookies, headers: {} }, secret: SECRET, secureCookie: false }), claims);
    await assert.rejects(decode({ token, secret: `${SECRET}x` }));
  } finally {
    await stage.close();
  }
});
