// The page's own address is not the server's answer: what it says of errors, tokens and fragments is the application's.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADA, call, faults, openGround, signInHere, until } from "./ground.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
beforeEach(() => {
  ground.gate.lift();
  ground.gate.clear();
});

// A page without a framework has the functions of `hallpass/react`.
const LIBRARIES = process.env.HALLPASS_LIBRARY ? [process.env.HALLPASS_LIBRARY] : ["hallpass/client", "hallpass/react"];
// What only JavaScript can be given.
const inJavaScript = process.env.HALLPASS_LIBRARY ? () => undefined : test;

/** A page whose own address has this after it. */
async function at(context, more, library) {
  const page = await ground.open(context, { library, plan: {} });
  await page.evaluate((text) => history.replaceState(null, "", location.href + text), more);
  return page;
}

for (const library of LIBRARIES) {
  test(`${library}: a sign-in succeeds on a page that tells of an earlier error`, async () => {
    const context = await ground.context();
    const page = await at(context, "&error=OAuthCallback", library);
    const result = await signInHere(page);
    assert.deepEqual([result.ok, result.error], [true, null]);
    await until(page, "authenticated");
    const refused = await signInHere(page, ADA, "not the password at all");
    assert.deepEqual([refused.ok, refused.error], [false, "CredentialsSignin"]);
    await context.close();
  });

  test(`${library}: a sign-out counts on a page whose address has csrf=true`, async () => {
    const context = await ground.context({ as: ADA });
    const page = await at(context, "&csrf=true", library);
    await until(page, "authenticated");
    await call(page, "signOut", { redirect: false });
    await until(page, "unauthenticated");
    await context.close();
  });

  test(`${library}: a sign-in without a good token says so`, async () => {
    const context = await ground.context();
    ground.gate.answer("GET /session", {});
    ground.gate.answer("GET /csrf", { body: { csrfToken: "0".repeat(64) } });
    const page = await ground.open(context, { library, plan: {} });
    assert.equal((await signInHere(page)).error, "MissingCSRF");
    await until(page, "unauthenticated");
    await context.close();
  });

  test(`${library}: signOut reloads a page that stands at a fragment, an empty one too`, async () => {
    for (const fragment of ["#", "#there"]) {
      const context = await ground.context({ as: ADA });
      const page = await at(context, fragment, library);
      await until(page, "authenticated");
      await page.evaluate(() => (window.old = true));
      await call(page, "signOut").catch(() => undefined);
      await page.waitForFunction(() => !window.old);
      await context.close();
    }
  });

  test(`${library}: an answer that leads nowhere leads to the page itself, whatever the callback URL`, async () => {
    const context = await ground.context();
    ground.gate.answer("POST /callback/credentials", { body: {} });
    const page = await ground.open(context, { library, plan: {} });
    await page.evaluate(() => (window.old = true));
    await call(page, "signIn", "credentials", { callbackUrl: "http://127.0.0.1:9/elsewhere" }).catch(() => undefined);
    await page.waitForFunction(() => !window.old);
    assert.equal(new URL(page.url()).origin, ground.origin);
    await context.close();
  });

  inJavaScript(`${library}: a button's event in the place of data holds nothing up`, async () => {
    const context = await ground.context({ as: ADA });
    const page = await ground.open(context, { library, plan: {} });
    await until(page, "authenticated");
    const emails = await page.evaluate(async () => {
      const ring = {};
      ring.ring = ring;
      const updated = await window.seen.values[0].update(ring);
      const odd = await window.api.signIn("credentials", { redirect: false, x: Object.create(null), y: Symbol("y") });
      return [updated.user.email, odd.ok, (await window.api.getSession()).user.email];
    });
    assert.deepEqual(emails, [ADA, false, ADA]);
    assert.deepEqual(await faults(page), []);
    await context.close();
  });

  test(`${library}: a session without anything in it is nobody's, from the start`, async () => {
    const context = await ground.context();
    const page = await ground.open(context, { library, plan: { session: {} } });
    assert.deepEqual(await page.evaluate(() => [window.seen.shown[0]].flat()), ["unauthenticated null"]);
    await context.close();
  });
}

inJavaScript("hallpass/session: one listener that fails keeps nothing from the others, and one that came twice leaves once", async () => {
  const context = await ground.context({ as: ADA, faulty: true });
  const page = await ground.open(context, { library: "hallpass/session" });
  const heard = await page.evaluate(async () => {
    const calls = [];
    const same = () => calls.push("same");
    window.api.subscribe(() => {
      throw new Error("mine");
    });
    window.api.subscribe(same)();
    window.api.subscribe(same);
    const session = await window.api.getSession();
    return [calls, session.user.email];
  });
  assert.deepEqual(heard, [["same"], ADA]);
  // The browser tells of a rejection in a task of its own, which may be later than the answer.
  await page.waitForFunction(() => window.faults.length > 0);
  assert.deepEqual(await faults(page), ["rejection: Error: mine"]);
  await context.close();
});

inJavaScript("hallpass/react: who is sent away may be so by a promise, and the component may go", async () => {
  const context = await ground.context();
  await context.addInitScript(() => (window.calls = []));
  const page = await ground.open(context, { library: "hallpass/react", plan: { session: null, hook: { call: true } } });
  await page.waitForFunction(() => window.calls.length === 1);
  await page.evaluate(() => window.mount({ shape: "empty" }));
  await page.waitForSelector("#nothing");
  assert.deepEqual(await faults(page), []);
  await context.close();
});

test("a proxy's page that is another one each time is said once", async () => {
  const context = await ground.context({ clock: true });
  const page = await ground.open(context, { plan: {} });
  await until(page, "unauthenticated");
  for (const id of [1, 2, 3]) {
    ground.gate.answer("GET /session", { status: 502, type: "text/html", body: `<p>request ${id}</p>` });
    await call(page, "getSession");
  }
  assert.equal(context.said.filter((text) => text.startsWith("[hallpass]")).length, 1);
  await context.close();
});
