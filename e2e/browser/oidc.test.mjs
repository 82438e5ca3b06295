import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage, shown, untilStatus } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage({ oidc: true });
});
after(() => stage.close());

async function toProvider(page, options = {}) {
  await Promise.all([
    page.waitForURL(/\/interaction\//),
    page.evaluate((given) => window.nextAuth.signIn("example", given), options).catch(() => {}),
  ]);
}

test("a person signs in at the provider and comes back", async () => {
  const page = await stage.page();
  await toProvider(page, { callbackUrl: "/after" });
  await page.getByRole("button", { name: /Ada Lovelace/ }).click();
  await page.waitForURL(`${stage.origin}/after`);
  const session = await untilStatus(page, "authenticated");
  assert.equal(session.user.name, "Ada Lovelace");
  assert.equal(session.user.email, "ada@example.com");
});

test("a person who goes back at the provider is told so and may try again", async () => {
  const page = await stage.page();
  await toProvider(page);
  await page.getByRole("button", { name: /go back/ }).click();
  await page.waitForURL(/\/api\/auth\/signin\?error=Callback/);
  await page.getByText("Try signing in with a different account.").waitFor();
  await page.getByRole("button", { name: /Example Identity/ }).click();
  await page.getByRole("button", { name: /Grace Hopper/ }).click();
  await page.waitForURL((url) => url.origin === stage.origin && !url.pathname.startsWith("/api"));
  assert.equal((await untilStatus(page, "authenticated")).user.name, "Grace Hopper");
});

test("five tabs sign in at once", async () => {
  const context = await stage.context();
  const tabs = await Promise.all([1, 2, 3, 4, 5].map(() => stage.page(context)));
  await Promise.all(tabs.map((tab, n) => toProvider(tab, { callbackUrl: `/tab-${n}` })));
  await Promise.all(
    tabs.map(async (tab, n) => {
      await tab.getByRole("button", { name: /Ada Lovelace/ }).click();
      await tab.waitForURL(`${stage.origin}/tab-${n}`);
    }),
  );
  for (const tab of tabs) {
    await tab.reload();
    await untilStatus(tab, "authenticated");
    assert.equal((await shown(tab)).session.user.email, "ada@example.com");
  }
});
