import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADA, PASSWORD, openStage } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage({ development: true, oidc: true });
});
after(() => stage.close());

async function session(page) {
  const answer = await page.request.get(`${stage.origin}/api/auth/session`);
  return answer.json();
}

test("without a configuration a newcomer gets a demo and is told where", async () => {
  const page = await (await stage.context()).newPage();
  await page.goto(`${stage.origin}/`);
  await page.getByRole("heading").first().waitFor();
  const told = stage.hallpass.lines.join("\n");
  assert.ok(told.includes(stage.origin), told);
  assert.match(told, /development/i);
});

test("a newcomer signs up with a password, sees the session and signs out", async () => {
  const page = await (await stage.context()).newPage();
  await page.goto(`${stage.origin}/api/auth/signup`);
  await page.getByLabel(/name/i).fill("Ada Lovelace");
  await page.getByLabel(/e-?mail/i).fill(ADA);
  await page.getByLabel(/password/i).first().fill(PASSWORD);
  await page.getByRole("button", { name: /sign up|create/i }).click();
  await page.waitForURL(`${stage.origin}/`);
  await page.getByText(ADA).first().waitFor();
  assert.equal((await session(page)).user.email, ADA);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
  assert.deepEqual(await session(page), {});
});

test("a newcomer signs in by a mail that the mailbox page shows", async () => {
  const email = "linus@mail.example";
  stage.secrets.add(email);
  const page = await (await stage.context()).newPage();
  await page.goto(`${stage.origin}/api/auth/signin`);
  await page.locator("#input-email-for-email-provider").fill(email);
  await page.locator("#input-email-for-email-provider").press("Enter");
  await page.waitForURL(/verify-request/);
  await page.getByRole("link", { name: /mailbox/i }).click();
  await page.getByText(email).first().waitFor();
  const link = page.getByRole("link", { name: "Open the link" }).first();
  const href = await link.getAttribute("href");
  stage.secrets.add(new URL(href, stage.origin).searchParams.get("token"));
  await link.click();
  await page.getByRole("button").click();
  await page.waitForURL(`${stage.origin}/`);
  assert.equal((await session(page)).user.email, email);
});

test("a newcomer signs in on the demo page itself, and is told when the password is wrong", async () => {
  const page = await (await stage.context()).newPage();
  await page.goto(`${stage.origin}/`);
  const form = page.locator("#password");
  for (const [password, seen] of [["wrong password", /do not fit/], [PASSWORD, /Hello, Ada Lovelace/]]) {
    await form.getByLabel("Email").fill(ADA);
    await form.getByLabel("Password").fill(password);
    await form.getByRole("button", { name: "Sign in" }).click();
    await page.getByText(seen).waitFor();
  }
});

test("a newcomer signs in at the provider", async () => {
  const page = await (await stage.context()).newPage();
  await page.goto(`${stage.origin}/`);
  await page.getByRole("button", { name: /Example Identity/ }).click();
  await page.getByRole("button", { name: /Grace Hopper/ }).click();
  await page.waitForURL(`${stage.origin}/`);
  assert.equal((await session(page)).user.name, "Grace Hopper");
});
