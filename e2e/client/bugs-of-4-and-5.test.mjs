// The faults that next-auth 4 and 5 added.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { ADA, becomeVisible, call, history, openGround, shown, until, untilText } from "./ground.mjs";
import { ELSEWHERE } from "./gate.mjs";
import { AUTHENTICATED, NOBODY, SESSION, scenarios } from "./scenario.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
const bug = scenarios(() => ground);

bug(
  "v4: update() does not show that it is loading",
  {
    "next-auth-4": [["loading undefined", AUTHENTICATED, `loading ${ADA}`, AUTHENTICATED], 2],
    "hallpass/react": [["loading undefined", AUTHENTICATED], 1],
  },
  async ({ open, time }) => {
    const page = await open({ gate: true });
    await page.waitForSelector("#form");
    const session = await page.evaluate(() => window.seen.values[0].update({ name: "Somebody else" }));
    assert.equal(session.user.email, ADA);
    await time(1);
    await page.waitForSelector("#form");
    return [(await history(page)).shown[0], await page.evaluate(() => window.seen.mounts)];
  },
);

bug(
  "v4: update() of nobody asks the server",
  {
    "next-auth-4": [undefined, NOBODY],
    "hallpass/react": [ADA, AUTHENTICATED],
    "hallpass/client": [ADA, AUTHENTICATED],
  },
  async ({ context, open, time, library }) => {
    const page = await open();
    await until(page, "unauthenticated");
    await ground.signIn(context, ADA);
    const session = await page.evaluate(() => window.seen.values[0].update());
    await time(1);
    return [session?.user.email, await shown(page)];
  },
  { as: null },
);

bug(
  "v4: who has to sign in is led below the base path",
  { "next-auth-4": "/api/auth/signin", "hallpass/react": `${ELSEWHERE}/signin` },
  async ({ open }) => {
    const page = await open({ options: { basePath: ELSEWHERE }, hook: { required: true } });
    await page.waitForURL(/\/signin\?/);
    const url = new URL(page.url());
    assert.equal(url.searchParams.get("error"), "SessionRequired");
    return url.pathname;
  },
  { as: null, clock: false },
);

bug(
  "v4: an inline onUnauthenticated is called once",
  { "next-auth-4": 2, "hallpass/react": 1 },
  async ({ open, time }) => {
    const plan = { hook: { call: true } };
    const page = await open(plan);
    await page.waitForFunction(() => window.calls.length);
    await page.evaluate((again) => window.render(again), plan);
    await time(1);
    return page.evaluate(() => window.calls.length);
  },
  { as: null },
);

bug(
  "v4: who is signed out looks again when the tab is seen",
  { "next-auth-4": NOBODY, "hallpass/react": AUTHENTICATED, "hallpass/client": AUTHENTICATED },
  async ({ context, open, time }) => {
    const page = await open();
    await until(page, "unauthenticated");
    await time(3);
    await ground.signIn(context, ADA);
    await becomeVisible(page);
    await time(1);
    return shown(page);
  },
  { as: null },
);

bug(
  "v4: a session prop that changes later is taken",
  { "next-auth-4": NOBODY, "hallpass/react": AUTHENTICATED, "hallpass/client": AUTHENTICATED },
  async ({ context, open, time }) => {
    const page = await open({ session: null });
    await until(page, "unauthenticated");
    await ground.signIn(context, ADA);
    await page.evaluate((session) => window.render({ session }), SESSION);
    await time(3);
    return shown(page);
  },
  { as: null },
);

bug(
  "v5: one request on load",
  { "next-auth-5": 2, "hallpass/react": 1, "hallpass/client": 1 },
  async ({ open, time, asked }) => {
    const page = await open();
    await until(page, "authenticated");
    await time(3);
    return asked();
  },
);

bug(
  "v5: one request for a poll and one for a look",
  { "next-auth-5": [2, 2], "hallpass/react": [1, 1] },
  async ({ open, time, asked, gate }) => {
    const page = await open({ options: { refetchInterval: 5 } });
    await until(page, "authenticated");
    await time(3);
    gate.clear();
    await time(3);
    const polls = asked();
    await time(1);
    gate.clear();
    await becomeVisible(page);
    await time(1);
    return [polls, asked()];
  },
);

bug(
  "v5: an empty object is nobody",
  { "next-auth-5": "authenticated undefined", "hallpass/react": NOBODY },
  async ({ open, time, gate }) => {
    gate.answer("GET /session", { body: {} });
    const page = await open();
    await page.waitForFunction(() => document.getElementById("who-0").dataset.status !== "loading");
    await time(1);
    return (await shown(page)).replace("[object Object]", "undefined");
  },
);

for (const body of [{}, null, false, "", []]) {
  bug(
    `v5: the body ${JSON.stringify(body)} is nobody, in either generation's words`,
    { "hallpass/react": NOBODY, "hallpass/client": NOBODY },
    async ({ context, open, gate }) => {
      gate.answer("GET /session", { body: JSON.stringify(body) });
      const page = await open();
      await untilText(page, "null");
      assert.deepEqual(context.said, []);
      return shown(page);
    },
  );
}
