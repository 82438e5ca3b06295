import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { ADA, PASSWORD, openStage } from "./stage.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let stage;
before(async () => {
  stage = await openStage({ mail: true, oidc: true });
  await stage.addAda();
});
after(() => stage.close());

const PAGES = [
  "signin",
  "signin?error=CredentialsSignin",
  "signup",
  "signout",
  "verify-request?provider=email&type=email",
  "password/reset",
  "error?error=AccessDenied",
  "error?error=Verification",
  "error?error=Configuration",
];

// Not Ada: who proves an address by a link takes over an account that never proved it, and closes its password.
const LINKED = "linked@mail.example";

/** Asks for a link in this context, and answers with it and the code that another browser is asked for. */
async function confirmLink(context) {
  stage.secrets.add(LINKED);
  const page = await context.newPage();
  await page.goto(`${stage.origin}/api/auth/signin`);
  const field = page.locator("#input-email-for-email-provider");
  await field.fill(LINKED);
  await field.press("Enter");
  await page.waitForURL(/verify-request/);
  const code = (await page.locator(".code").textContent()).trim();
  stage.secrets.add(code);
  return { link: await stage.link(), code };
}

const urls = (origin) => PAGES.map((path) => `${origin}/api/auth/${path}`);

async function areSound(page, pages) {
  for (const url of pages) {
    await page.goto(url);
    await isSound(page);
  }
}

async function isSound(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
  assert.deepEqual(found, [], page.url().split("?")[0]);
}

for (const colorScheme of ["light", "dark"]) {
  test(`every page is sound for screen readers, in ${colorScheme}`, async () => {
    const context = await stage.context({ colorScheme, bypassCSP: false });
    const { link } = await confirmLink(context);
    await areSound(await context.newPage(), [...urls(stage.origin), link]);
    // Elsewhere it asks for the code, and says when it is wrong.
    const page = await (await stage.context({ colorScheme })).newPage();
    await areSound(page, [link]);
    await page.getByLabel("Code").fill("BBBB-BBBB");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await isSound(page);
  });
}

for (const [theme, colorScheme] of [["dark", "light"], ["light", "dark"]]) {
  test(`every page is sound where the site is ${theme} and the system ${colorScheme}`, async () => {
    const fixed = await openStage({ oidc: true, settings: { theme } });
    try {
      const page = await (await fixed.context({ colorScheme })).newPage();
      await areSound(page, urls(fixed.origin));
      const [red] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).map(Number));
      assert.equal(red < 128, theme === "dark", `a background of ${red}`);
    } finally {
      await fixed.close();
    }
  });
}

test("every page fits a phone", async () => {
  const phone = { viewport: { width: 320, height: 640 }, isMobile: true };
  const [asking, other] = [await stage.context(phone), await stage.context(phone)];
  const { link } = await confirmLink(asking);
  const [page, elsewhere] = [await asking.newPage(), await other.newPage()];
  for (const url of [...urls(stage.origin), link]) await fits(page, url);
  await fits(elsewhere, link);
});

async function fits(page, url) {
  const path = new URL(url).pathname;
  await page.goto(url);
  const [inner, content] = await page.evaluate(() => [window.innerWidth, document.documentElement.scrollWidth]);
  assert.ok(content <= inner, `${path}: ${content} > ${inner}`);
  for (const button of await page.getByRole("button").all()) {
    const box = await button.boundingBox();
    assert.ok(box.height >= 40, `${path}: a button of ${box.height} px is hard to hit`);
  }
}

test("without JavaScript a person signs up, out, in, and sees what is wrong", async () => {
  const email = "grace@mail.example";
  stage.secrets.add(email);
  const context = await stage.context({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${stage.origin}/api/auth/signup?callbackUrl=%2Fwelcome`);
  await page.getByLabel(/name/i).fill("Grace Hopper");
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel(/password/i).first().fill(PASSWORD);
  await page.getByRole("button", { name: /sign up|create/i }).click();
  await page.waitForURL(`${stage.origin}/welcome`);
  await page.goto(`${stage.origin}/api/auth/session`);
  assert.match(await page.textContent("body"), /Grace Hopper/);

  await page.goto(`${stage.origin}/api/auth/signout`);
  await page.getByRole("button", { name: /sign out/i }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/api/auth/signout"));
  await page.goto(`${stage.origin}/api/auth/session`);
  assert.equal(await page.textContent("body"), "{}");

  await page.goto(`${stage.origin}/api/auth/signin`);
  const credentials = page.locator("form", { has: page.locator("#input-password-for-credentials-provider") });
  await credentials.getByLabel(/e-?mail/i).fill(email);
  await credentials.getByLabel(/password/i).fill("wrong password");
  await credentials.getByRole("button").click();
  await page.waitForURL(/error=CredentialsSignin/);
  await page.getByText("Sign in failed.").waitFor();
  await credentials.getByLabel(/e-?mail/i).fill(email);
  await credentials.getByLabel(/password/i).fill(PASSWORD);
  await credentials.getByRole("button").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/api/auth"));
  await page.goto(`${stage.origin}/api/auth/session`);
  assert.match(await page.textContent("body"), /Grace Hopper/);
});

test("without JavaScript a person signs in at the provider and by mail", async () => {
  const context = await stage.context({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${stage.origin}/api/auth/signin?callbackUrl=%2Fwelcome`);
  await page.getByRole("button", { name: /Example Identity/ }).click();
  await page.getByRole("button", { name: /Grace Hopper/ }).click();
  await page.waitForURL((url) => url.origin === stage.origin);
  const { link, code } = await confirmLink(await stage.context({ javaScriptEnabled: false }));
  const other = await (await stage.context({ javaScriptEnabled: false })).newPage();
  await other.goto(link);
  await other.getByLabel("Code").fill(code);
  await other.getByRole("button").click();
  await other.waitForURL((url) => !url.pathname.startsWith("/api/auth"));
  await other.goto(`${stage.origin}/api/auth/session`);
  assert.match(await other.textContent("body"), new RegExp(LINKED));
});

test("with the keyboard alone a person signs in, and sees where they are", async () => {
  const page = await (await stage.context()).newPage();
  await page.goto(`${stage.origin}/api/auth/signin`);
  const password = page.locator("#input-password-for-credentials-provider");
  const email = page.locator("form", { has: password }).getByLabel(/e-?mail/i);
  const focused = async (locator) => locator.evaluate((element) => element === document.activeElement);
  let steps = 0;
  while (!(await focused(email))) {
    await page.keyboard.press("Tab");
    const visible = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return document.activeElement === document.body || style.outlineStyle !== "none" || style.boxShadow !== "none";
    });
    assert.ok(visible, "the focus cannot be seen");
    assert.ok((steps += 1) < 30, "the field cannot be reached");
  }
  await page.keyboard.type(ADA);
  while (!(await focused(password))) await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/api/auth"));
});
