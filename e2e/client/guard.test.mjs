// A page that needs a session, with something of its own in place of the way to the sign-in page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADA, call, openGround, passes, steady, until } from "./ground.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());

const library = process.env.HALLPASS_LIBRARY ?? "hallpass/react";

test("who has to sign in is told once, and not while the server cannot be asked", async () => {
  const context = await ground.context({ clock: true });
  ground.gate.drop("GET /session");
  const page = await ground.open(context, { library, plan: { hook: { call: true } } });
  await page.waitForFunction(() => window.seen.values[0]?.stale);
  await passes(ground, context, 1);
  assert.equal(await page.evaluate(() => window.calls.length), 0);
  ground.gate.lift();
  await call(page, "getSession");
  await page.waitForFunction(() => window.calls.length);
  await call(page, "getSession");
  await passes(ground, context, 3);
  assert.equal(await page.evaluate(() => window.calls.length), 1);
  await context.close();
});

/** A page that leads to the sign-in page, of somebody who signs out on it; `bye` is where the sign-out leads, if not back to it. */
async function leaves({ bye, ...options }, play) {
  ground.gate.lift();
  const context = await ground.context({ as: ADA, ...options });
  const page = await ground.open(context, { library, plan: { hook: { required: true } } });
  await until(page, "authenticated");
  const led = [];
  page.on("framenavigated", (frame) => led.push(new URL(frame.url()).pathname));
  await page.evaluate((callbackUrl) => void window.api.signOut(callbackUrl && { callbackUrl }), bye);
  await play({ context, page, led });
  await context.close();
  ground.sessions.clear();
}

test("a sign-out ends where it was to lead, also on a page that needs a session", () =>
  leaves({ bye: "/app?at=bye" }, async ({ context, page, led }) => {
    await page.waitForURL(/at=bye/);
    await steady(ground, context);
    assert.deepEqual(led, ["/app"]);
  }));

test("a sign-out without a place of its own loads the page anew, which leads to the sign-in page", () =>
  leaves({}, async ({ page, led }) => {
    await page.waitForFunction(() => window.mount && !document.getElementById("who-0"));
    assert.deepEqual(led, ["/"]);
    await page.evaluate(() => void window.mount({ hook: { required: true } }));
    await page.waitForURL(/\/signin\?error=SessionRequired/);
  }));

test("a sign-out that was to lead to no page leaves nobody before a page that needs a session", () =>
  leaves({ bye: "/nothing", clock: true }, async ({ context, page, led }) => {
    await page.waitForFunction(() => document.getElementById("who-0").textContent === "null");
    await passes(ground, context, 5);
    assert.deepEqual(led, []);
    await context.clock.runFor(10_000);
    await page.waitForURL(/\/signin\?error=SessionRequired/);
  }));
