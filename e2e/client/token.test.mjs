// The token against forgery comes with a read of the session, so that a sign-out is one request. It can be out of date.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADA, GRACE, LIBRARIES, call, openGround, signInHere, until, untilText } from "./ground.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
beforeEach(() => {
  ground.gate.lift();
  ground.gate.clear();
});

const NOBODYS = "0".repeat(64);
const asked = (page) => ground.gate.asked.filter(({ tab }) => tab === page.tab).map(({ what }) => what);

/** Signs out without leaving the page; what was asked for it. */
async function signOut(page) {
  ground.gate.clear();
  const result = await call(page, "signOut", { redirect: false });
  return [result, asked(page)];
}

for (const library of LIBRARIES) {
  test(`${library}: a sign-out is one request`, async () => {
    const context = await ground.context({ as: ADA });
    const page = await ground.open(context, { library });
    assert.equal((await call(page, "getSession")).user.email, ADA);
    const [result, requests] = await signOut(page);
    assert.deepEqual(requests, ["POST /signout"]);
    assert.ok(result.url.startsWith(ground.origin), result.url);
    assert.equal(await call(page, "getSession"), null);
    await context.close();
  });
}

test("a token from before another tab signed in is refused once, and the sign-out is repeated with the right one", async () => {
  const context = await ground.context();
  const [here, there] = [await ground.open(context, { plan: {} }), await ground.open(context, { plan: {} })];
  await until(here, "unauthenticated");
  await until(there, "unauthenticated");
  assert.equal((await signInHere(there)).ok, true);
  await untilText(here, ADA);
  const [, requests] = await signOut(here);
  assert.deepEqual(requests, ["POST /signout", "POST /signout"]);
  await until(there, "unauthenticated");
  assert.equal(await call(there, "getSession"), null);
  await context.close();
});

test("a sign-in with a token of before is repeated too, and signs in once", async () => {
  const context = await ground.context();
  const [here, there] = [await ground.open(context, { plan: {} }), await ground.open(context, { plan: {} })];
  await until(here, "unauthenticated");
  await until(there, "unauthenticated");
  assert.equal((await signInHere(there, GRACE)).ok, true);
  await untilText(here, GRACE);
  ground.gate.clear();
  const result = await signInHere(here, ADA);
  assert.deepEqual([result.ok, result.error], [true, null]);
  const posts = asked(here).filter((what) => what.startsWith("POST"));
  assert.deepEqual(posts, ["POST /callback/credentials", "POST /callback/credentials"]);
  await untilText(there, ADA);
  await context.close();
});

test("where an answer brings no token, as behind a proxy that drops headers, it is asked for", async () => {
  const context = await ground.context({ as: ADA });
  const session = await (await context.request.get(`${ground.origin}/api/auth/session`)).text();
  ground.gate.answer("GET /session", { body: session });
  const page = await ground.open(context, { plan: {} });
  await until(page, "authenticated");
  assert.deepEqual((await signOut(page))[1], ["GET /csrf", "POST /signout"]);
  await until(page, "unauthenticated");
  await context.close();
});

test("a token that is refused again and again ends in a confirmation, not in a loop", async () => {
  const context = await ground.context({ as: ADA });
  const page = await ground.open(context, { plan: {} });
  await until(page, "authenticated");
  const url = `${ground.origin}/api/auth/signout?csrf=true`;
  ground.gate.answer("POST /signout", { body: { url }, headers: { "x-hallpass-csrf": NOBODYS } });
  const [result, requests] = await signOut(page);
  assert.deepEqual([result.url, requests], [url, ["POST /signout", "POST /signout"]]);
  await until(page, "authenticated");
  ground.gate.lift("POST /signout");
  await signOut(page);
  await until(page, "unauthenticated");
  await context.close();
});

for (const refused of ["/signout?csrf=true", "/signin?error=MissingCSRF"]) {
  test(`a sign-out that leads to ${refused} has not happened, though no header says so`, async () => {
    const context = await ground.context({ as: ADA });
    const page = await ground.open(context, { plan: {} });
    await until(page, "authenticated");
    const url = `${ground.origin}/api/auth${refused}`;
    ground.gate.answer("POST /signout", { body: { url } });
    const [result, requests] = await signOut(page);
    assert.deepEqual([result.url, requests], [url, ["POST /signout"]]);
    assert.equal((await call(page, "getSession")).user.email, ADA);
    await until(page, "authenticated");
    await context.close();
  });
}

test("a sign-in that is refused for its token is not told as done, though no header says so", async () => {
  const context = await ground.context();
  const page = await ground.open(context, { plan: {} });
  await until(page, "unauthenticated");
  ground.gate.answer("POST /callback/credentials", { body: { url: `${ground.origin}/api/auth/signin?csrf=true` } });
  assert.equal((await signInHere(page)).error, "MissingCSRF");
  await until(page, "unauthenticated");
  await context.close();
});
