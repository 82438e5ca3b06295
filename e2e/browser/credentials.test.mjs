import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADA, PASSWORD, openStage, shown, signInAda, untilStatus } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage();
  await stage.addAda();
});
after(() => stage.close());

const signIn = (page, options) =>
  page.evaluate((given) => window.nextAuth.signIn("credentials", given), options);

test("the right password without a redirect signs in on the spot", async () => {
  const page = await stage.page();
  assert.deepEqual(await shown(page), { status: "unauthenticated", session: null });
  const result = await signIn(page, { redirect: false, email: ADA, password: PASSWORD, callbackUrl: "/after" });
  assert.deepEqual(result, { error: null, status: 200, ok: true, url: `${stage.origin}/after` });
  const session = await untilStatus(page, "authenticated");
  assert.deepEqual(session.user, { name: "Ada Lovelace", email: ADA });
  assert.equal(page.url(), `${stage.origin}/`);
});

test("a wrong password without a redirect is told to the page", async () => {
  const page = await stage.page();
  for (const email of [ADA, "nobody@mail.example"]) {
    stage.secrets.add(email);
    const result = await signIn(page, { redirect: false, email, password: "wrong password" });
    assert.deepEqual(result, { error: "CredentialsSignin", status: 401, ok: false, url: null });
  }
  assert.equal((await shown(page)).status, "unauthenticated");
});

test("the right password with a redirect leads where was asked", async () => {
  const page = await stage.page();
  await Promise.all([page.waitForURL(`${stage.origin}/after`), signIn(page, { email: ADA, password: PASSWORD, callbackUrl: "/after" }).catch(() => {})]);
  assert.equal((await untilStatus(page, "authenticated")).user.email, ADA);
});

test("a wrong password with a redirect shows the sign-in page with the reason", async () => {
  const page = await stage.page();
  await Promise.all([page.waitForURL(/\/api\/auth\/signin\?error=CredentialsSignin/), signIn(page, { email: ADA, password: "wrong password" }).catch(() => {})]);
  await page.getByText("Sign in failed. Check the details you provided are correct.").waitFor();
});

test("without a provider the client shows the sign-in page, and the page leads back", async () => {
  const page = await stage.page();
  await Promise.all([page.waitForURL(/\/api\/auth\/signin\?callbackUrl=/), page.evaluate(() => window.nextAuth.signIn()).catch(() => {})]);
  await page.getByLabel(/e-?mail/i).first().fill(ADA);
  await page.getByLabel(/password/i).first().fill(PASSWORD);
  await page.getByLabel(/password/i).first().press("Enter");
  await page.waitForURL(`${stage.origin}/`);
  assert.equal((await untilStatus(page, "authenticated")).user.email, ADA);
});

test("a session outlives the page", async () => {
  const page = await stage.page();
  await signInAda(page);
  await page.reload();
  assert.equal((await untilStatus(page, "authenticated")).user.email, ADA);
});
