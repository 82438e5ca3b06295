// A mail link in a browser that did not ask for it, with the settings of the profile strict: the code stands on the screen of
// the browser that asked, and is typed in the other.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADA, openStage, untilStatus } from "./stage.mjs";

const CODE = /^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/;
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true };

let stage;
before(async () => {
  stage = await openStage({ mail: true, settings: { profile: "strict" } });
});
after(() => stage.close());

/** Asks for a link with the built-in pages, and answers with the page that shows the code. */
async function ask(options = {}) {
  const page = await (await stage.context(options)).newPage();
  await page.goto(`${stage.origin}/api/auth/signin?callbackUrl=%2Finbox`);
  await page.locator("#input-email-for-email-provider").fill(ADA);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/verify-request/);
  return page;
}

const shownCode = async (page) => {
  const code = (await page.locator(".code").textContent()).trim();
  assert.match(code, CODE);
  stage.secrets.add(code).add(code.replace("-", ""));
  return code;
};

const opened = async (options = {}) => {
  const page = await (await stage.context(options)).newPage();
  await page.goto(await stage.link());
  return page;
};

test("the code of the laptop's screen signs the phone in, and not the laptop", async () => {
  const laptop = await ask();
  const code = await shownCode(laptop);
  const mail = (await stage.messages()).at(-1);
  assert.ok(!mail.text.includes(code) && !mail.html.includes(code), "the mail says the code");
  assert.match(mail.text, /asks for the code that is shown there/);
  const phone = await opened(PHONE);
  await phone.getByRole("heading", { name: "Type the code to sign in" }).waitFor();
  await phone.getByText(ADA).waitFor();
  await phone.getByLabel("Code").fill(code.toLowerCase().replace("-", " "));
  await phone.getByRole("button", { name: "Sign in" }).click();
  await phone.waitForURL(`${stage.origin}/inbox`);
  assert.equal((await untilStatus(phone, "authenticated")).user.email, ADA);
  const back = await stage.page(laptop.context());
  await untilStatus(back, "unauthenticated");
});

test("the browser that asked is asked for nothing", async () => {
  const laptop = await ask({ javaScriptEnabled: false });
  const page = await laptop.context().newPage();
  await page.goto(await stage.link());
  await page.getByRole("heading", { name: "Confirm sign-in" }).waitFor();
  assert.equal(await page.getByLabel("Code").count(), 0);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${stage.origin}/inbox`);
});

test("next-auth's client signs in by mail in the same browser, and is told the code for its own page", async () => {
  const page = await stage.page();
  const [answer, result] = await Promise.all([
    page.waitForResponse((response) => response.url().includes("/signin/email")),
    page.evaluate(
      (email) => window.nextAuth.signIn("email", { redirect: false, email, callbackUrl: "/inbox" }),
      ADA,
    ),
  ]);
  assert.equal(result.ok, true);
  assert.equal(result.url, `${stage.origin}/api/auth/verify-request?provider=email&type=email`);
  const { code } = await answer.json();
  assert.match(code, CODE);
  const notice = await page.context().newPage();
  await notice.goto(result.url);
  assert.equal(await shownCode(notice), code);
  await page.goto(await stage.link());
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${stage.origin}/inbox`);
  await untilStatus(page, "authenticated");
});

test("wrong codes are counted aloud, and the fifth takes the link with it", async () => {
  const laptop = await ask();
  const code = await shownCode(laptop);
  const thief = await opened();
  const type = async (typed) => {
    await thief.getByLabel("Code").fill(typed);
    await thief.getByRole("button", { name: "Sign in" }).click();
  };
  for (const left of ["4 more times", "3 more times", "2 more times", "once more"]) {
    await type("BBBB-BBBB");
    await thief.getByRole("alert").getByText(left).waitFor();
  }
  await type("BBBB-BBBC");
  await thief.getByText("The sign in link is no longer valid.").waitFor();
  const late = await laptop.context().newPage();
  await late.goto(await stage.link());
  await late.getByText("The sign in link is no longer valid.").waitFor();
  assert.match(code, CODE);
});

test("somebody else's link, opened by a click, signs nobody in", async () => {
  await ask();
  const victim = await opened();
  await victim.getByRole("heading", { name: "Type the code to sign in" }).waitFor();
  // The field is required: the button alone does nothing, and neither does the form without its page.
  await victim.getByRole("button", { name: "Sign in" }).click();
  assert.equal(await victim.getByLabel("Code").evaluate((field) => field.validity.valueMissing), true);
  await victim.locator("form").evaluate((form) => form.submit());
  await victim.getByRole("alert").getByText("Type the code first.").waitFor();
  const site = await stage.page(victim.context());
  await untilStatus(site, "unauthenticated");
});
