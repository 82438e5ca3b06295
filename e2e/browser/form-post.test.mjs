// The provider stands on 127.0.0.1 and the site on localhost: two sites, so that Chromium sends no SameSite=Lax cookie along
// with the form that the provider makes it post.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage, signInAda, untilStatus } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage({ oidc: true, settings: { "providers.example.response_mode": "form_post" } });
});
after(() => stage.close());

/** What goes past a page: the forms posted to a callback, with their cookies, and every URL and Referer. */
function watch(page) {
  const seen = { posts: [], told: [] };
  page.on("request", async (request) => {
    const headers = await request.allHeaders();
    seen.told.push(request.url(), headers.referer ?? "");
    if (request.method() !== "POST" || !request.url().includes("/callback/example")) return;
    const form = new URLSearchParams(request.postData());
    stage.secrets.add(form.get("code")).add(form.get("state"));
    seen.posts.push({ form, cookie: headers.cookie ?? "" });
  });
  return seen;
}

async function throughProvider(page, options) {
  await Promise.all([
    page.waitForURL(/\/interaction\//),
    page.evaluate((given) => window.nextAuth.signIn("example", given), options).catch(() => {}),
  ]);
  await page.getByRole("button", { name: /Ada Lovelace/ }).click();
  await page.waitForURL(`${stage.origin}${options.callbackUrl}`);
}

test("an answer that is posted from another site signs in, and its code is in no URL", async () => {
  const page = await stage.page();
  const seen = watch(page);
  await throughProvider(page, { callbackUrl: "/after" });
  assert.equal((await untilStatus(page, "authenticated")).user.email, "ada@example.com");
  assert.equal(seen.posts.length, 1);
  const [{ form, cookie }] = seen.posts;
  assert.ok(form.get("code") && form.get("state"));
  assert.doesNotMatch(cookie, /next-auth/, "Chromium keeps our cookies back from a POST of another site");
  assert.deepEqual(seen.told.filter((text) => text.includes(form.get("code"))), []);
});

test("whoever is signed in adds the account by an answer that is posted", async () => {
  await stage.addAda();
  const page = await stage.page();
  await signInAda(page);
  await page.evaluate(() => window.nextAuth.signIn("example", { callbackUrl: "/linked" })).catch(() => {});
  await page.waitForURL(/\/interaction\//);
  await page.getByRole("button", { name: /Grace Hopper/ }).click();
  await page.waitForURL(`${stage.origin}/linked`);
  assert.equal((await untilStatus(page, "authenticated")).user.name, "Ada Lovelace");
});
