import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADA, openStage, shown, untilStatus } from "./stage.mjs";

let stage;
before(async () => {
  // The link is opened on a phone, without the code that the profile strict would ask for there.
  stage = await openStage({ mail: true, settings: { "email.other_browser": "allow" } });
});
after(() => stage.close());

test("a link that was asked for here signs in there", async () => {
  const page = await stage.page();
  const result = await page.evaluate(
    (email) => window.nextAuth.signIn("email", { redirect: false, email, callbackUrl: "/inbox" }),
    ADA,
  );
  assert.deepEqual(result, {
    error: null,
    status: 200,
    ok: true,
    url: `${stage.origin}/api/auth/verify-request?provider=email&type=email`,
  });
  const link = await stage.link();
  const phone = await stage.context({ viewport: { width: 390, height: 844 }, isMobile: true });
  const there = await phone.newPage();
  await there.goto(link);
  await there.getByText(ADA).waitFor();
  await there.getByRole("button").click();
  await there.waitForURL(`${stage.origin}/inbox`);
  assert.equal((await untilStatus(there, "authenticated")).user.email, ADA);
  await page.reload();
  await untilStatus(page, "unauthenticated");
  // And once only.
  const late = await (await stage.context()).newPage();
  await late.goto(link);
  await late.getByText("The sign in link is no longer valid.").waitFor();
});

test("with a redirect the page says to look at the mail", async () => {
  const page = await stage.page();
  await Promise.all([
    page.waitForURL(`${stage.origin}/api/auth/verify-request?provider=email&type=email`),
    page.evaluate((email) => window.nextAuth.signIn("email", { email }), ADA).catch(() => {}),
  ]);
  await page.getByRole("heading", { name: /check your e-?mail/i }).waitFor();
});

test("an address that is none is told to the page", async () => {
  const page = await stage.page();
  const result = await page.evaluate(() => window.nextAuth.signIn("email", { redirect: false, email: "nobody" }));
  assert.equal(result.error, "EmailSignin");
  assert.equal((await shown(page)).status, "unauthenticated");
});

test("the mail looks the same with and without HTML", async () => {
  const page = await stage.page();
  await page.evaluate((email) => window.nextAuth.signIn("email", { redirect: false, email }), ADA);
  const mail = (await stage.messages()).at(-1);
  const reader = await (await stage.context({ javaScriptEnabled: false })).newPage();
  await reader.setContent(mail.html);
  const button = reader.getByRole("link", { name: /sign in/i }).first();
  assert.equal(await button.getAttribute("href"), await stage.link());
  assert.match(mail.text, /sign in/i);
});
