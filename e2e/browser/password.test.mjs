import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { ADA, PASSWORD, openStage, untilStatus } from "./stage.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let stage;
let current = PASSWORD;
before(async () => {
  stage = await openStage({ mail: true });
  await stage.addAda();
});
after(() => stage.close());

const auth = (path) => `${stage.origin}/api/auth/${path}`;
const isAuth = (url) => url.pathname.startsWith("/api/auth");

/** Signs Ada in on the page that is open, by its own form. */
async function signIn(page, password) {
  const form = page.locator("form", { has: page.locator("#input-password-for-credentials-provider") });
  await form.getByLabel(/e-?mail/i).fill(ADA);
  await form.getByLabel("Password").fill(password);
  await form.getByRole("button").click();
}

async function signedIn(options) {
  const page = await (await stage.context(options)).newPage();
  await page.goto(auth("signin"));
  await signIn(page, current);
  await page.waitForURL((url) => !isAuth(url));
  return page;
}

/** Goes from the sign-in page to the mail; answers with its link. */
async function forget(page) {
  await page.goto(auth("signin?callbackUrl=%2Finbox"));
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("Email address").fill(ADA);
  await page.getByRole("button", { name: "Email me a link" }).click();
  await page.getByRole("heading", { name: "Check your email" }).waitFor();
  return stage.link();
}

for (const javaScriptEnabled of [true, false]) {
  test(`who forgot their password chooses another by mail, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const next = `a password chosen ${javaScriptEnabled ? "with" : "without"} scripts`;
    stage.secrets.add(next);
    const tab = await signedIn();
    await tab.goto(`${stage.origin}/`);
    await untilStatus(tab, "authenticated");
    const asks = await (await stage.context({ javaScriptEnabled })).newPage();
    const link = await forget(asks);
    const code = await asks.locator(".code").innerText();

    const phone = await (await stage.context({ javaScriptEnabled, viewport: { width: 360, height: 640 }, isMobile: true })).newPage();
    await phone.goto(link);
    assert.equal(await phone.getByLabel("Email address").inputValue(), ADA);
    await phone.getByLabel("New password").fill(next);
    await phone.getByLabel("Code").fill(code.toLowerCase());
    await phone.getByRole("button", { name: "Set password" }).click();
    await phone.getByRole("status").getByText("Your password was changed. Sign in with the new one.").waitFor();
    assert.equal(new URL(phone.url()).pathname, "/api/auth/signin");
    await tab.reload();
    await untilStatus(tab, "unauthenticated");

    await signIn(phone, current);
    await phone.getByText("Sign in failed.").waitFor();
    await signIn(phone, next);
    await phone.waitForURL(`${stage.origin}/inbox`);
    current = next;
    // The link is spent, and says how to go on.
    await asks.goto(link);
    await asks.getByRole("alert").getByText("The link is no longer valid.").waitFor();
    await asks.getByRole("button", { name: "Email me a link" }).waitFor();
  });

  test(`who is signed in changes their password, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const next = `another one, changed ${javaScriptEnabled ? "with" : "without"} scripts`;
    stage.secrets.add(next);
    const elsewhere = await signedIn();
    await elsewhere.goto(`${stage.origin}/`);
    await untilStatus(elsewhere, "authenticated");
    const page = await (await stage.context({ javaScriptEnabled })).newPage();
    await page.goto(auth("password?callbackUrl=%2Fsettings"));
    await page.getByText("Please sign in to access this page.").waitFor();
    await signIn(page, current);
    await page.waitForURL((url) => url.pathname === "/api/auth/password");
    await page.getByLabel("Current password").fill("not that one");
    await page.getByLabel("New password").fill(next);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByRole("alert").getByText("That is not your current password.").waitFor();
    assert.equal(await page.getByLabel("New password").inputValue(), "", "no password comes back");
    await page.getByLabel("Current password").fill(current);
    await page.getByLabel("New password").fill(next);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByRole("heading", { name: "Your password was changed" }).waitFor();
    current = next;
    await page.getByRole("link", { name: "Continue" }).click();
    await page.waitForURL(`${stage.origin}/settings`);
    await page.goto(auth("session"));
    assert.match(await page.textContent("body"), /Ada Lovelace|ada\.lovelace/);
    await elsewhere.reload();
    await untilStatus(elsewhere, "unauthenticated");
    assert.match((await stage.messages()).at(-1).subject, /^Your password was changed/);
  });
}

test("every page about passwords is sound for screen readers, in both themes, and fits a phone", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await signedIn({ colorScheme, viewport: { width: 320, height: 640 } });
    const link = await forget(await (await stage.context()).newPage());
    const pages = ["password", "password?done=true", "password/reset", "password/reset?sent=true", "password/reset?error=Verification", "signin?notice=PasswordChanged"];
    for (const url of [...pages.map(auth), link]) {
      await page.goto(url);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
      assert.deepEqual(found, [], url.split("?token")[0]);
      const [inner, content] = await page.evaluate(() => [window.innerWidth, document.documentElement.scrollWidth]);
      assert.ok(content <= inner, `${url.split("?token")[0]}: ${content} > ${inner}`);
    }
  }
});

test("the form of the book changes a password in a page of the application's own", async () => {
  const book = readFileSync(new URL("../../book/passwords.md", import.meta.url), "utf8");
  const [, code] = /```js\n([\s\S]*?)```/.exec(book);
  const next = "chosen on a page of their own";
  stage.secrets.add(next);
  const page = await signedIn();
  await page.goto(`${stage.origin}/`);
  await untilStatus(page, "authenticated");
  const change = (...passwords) =>
    page.evaluate(([source, given]) => new Function(`${source}; return changePassword;`)()(...given), [code, passwords]);
  assert.equal(await change("not that one", next), "CredentialsSignin");
  assert.equal(await change(current, "short"), "PasswordUnfit");
  assert.equal(await change(current, next), null);
  current = next;
  await page.reload();
  assert.equal((await untilStatus(page, "authenticated")).user.email, ADA);
  const nobody = await stage.page();
  const asked = await nobody.evaluate(([source]) => new Function(`${source}; return changePassword;`)()("a", "b"), [code]);
  assert.equal(asked, "SessionRequired");
});

test("the mail is the same with and without HTML, and its button leads where its text does", async () => {
  const link = await forget(await (await stage.context()).newPage());
  const mail = (await stage.messages()).at(-1);
  const reader = await (await stage.context({ javaScriptEnabled: false })).newPage();
  await reader.setContent(mail.html);
  assert.equal(await reader.getByRole("link", { name: "Choose a password" }).getAttribute("href"), link);
  for (const words of ["once, for 10 minutes", "If you did not ask for this"]) {
    assert.ok(mail.text.includes(words) && (await reader.textContent("body")).includes(words), words);
  }
});
