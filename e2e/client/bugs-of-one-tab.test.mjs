// The faults of next-auth 3 that show in one tab, by the numbers that its users gave them in our notes.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { ADA, FRAMEWORKS, IN_RUST, becomeVisible, call, openGround, shown, until } from "./ground.mjs";
import { AUTHENTICATED, BOTH, NOBODY, SESSION, THREE, scenarios } from "./scenario.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
const bug = scenarios(() => ground);

bug(
  "1: a session prop saves the request",
  THREE(0, 1),
  async ({ open, time, asked }) => {
    await open({ session: SESSION });
    await time(3);
    return asked();
  },
  { rust: IN_RUST },
);

bug(
  "2: the tab that calls getSession() shows what it brought",
  BOTH([ADA, AUTHENTICATED], [ADA, NOBODY]),
  async ({ context, open, time }) => {
    const page = await open();
    await until(page, "unauthenticated");
    await ground.signIn(context, ADA);
    const session = await call(page, "getSession");
    await time(1);
    return [session.user.email, await shown(page)];
  },
  { as: null },
);

bug(
  "3: without a Provider every hook has the session",
  THREE([AUTHENTICATED, AUTHENTICATED, 1], [AUTHENTICATED, "loading undefined", 1]),
  async ({ open, time, asked }) => {
    const page = await open({ shape: "none", count: 2 });
    await until(page, "authenticated");
    await time(1);
    return [await shown(page), await shown(page, 1), asked()];
  },
  // There it is a mistake, which is told: see `e2e/rust/components.mjs`.
  { rust: [] },
);

bug(
  "4: a Provider that comes back does not load for ever",
  THREE(AUTHENTICATED, "loading undefined"),
  async ({ open, time }) => {
    const page = await open();
    await until(page, "authenticated");
    await page.evaluate(() => window.render({ shape: "empty" }));
    await page.waitForSelector("#nothing");
    await page.evaluate(() => window.render({}));
    await page.waitForSelector("#who-0");
    await time(3);
    return shown(page);
  },
  { rust: IN_RUST },
);

bug(
  "5: a network error does not sign anybody out",
  BOTH([AUTHENTICATED, AUTHENTICATED], [NOBODY, NOBODY]),
  async ({ open, time, library, gate }) => {
    const page = await open({ options: { clientMaxAge: 2 } });
    await until(page, "authenticated");
    await time(3);
    gate.drop("GET /session");
    await becomeVisible(page);
    await gate.until(() => gate.count("GET /session") > 1);
    await time(1);
    const during = await shown(page);
    if (library.startsWith("hallpass")) await page.waitForFunction(() => window.seen.values[0].stale);
    gate.lift();
    await time(40);
    if (library.startsWith("hallpass")) assert.equal(await page.evaluate(() => window.seen.values[0].stale), false);
    return [during, await shown(page)];
  },
);

for (const [what, answer] of Object.entries({
  500: { status: 500, body: { message: "down" } },
  "502 with HTML": { status: 502, type: "text/html", body: "<html>Bad gateway</html>" },
  "200 with HTML": { type: "text/html", body: "<html>a page</html>" },
  "200 with half a body": { body: '{"user":{"na' },
  "200 with nothing": { body: "" },
})) {
  bug(
    `5: an answer of ${what} does not sign anybody out`,
    BOTH(AUTHENTICATED, NOBODY),
    async ({ open, time, gate }) => {
      const page = await open();
      await until(page, "authenticated");
      await time(3);
      gate.answer("GET /session", answer);
      await becomeVisible(page);
      await gate.until(() => gate.count("GET /session") > 1);
      await time(1);
      return shown(page);
    },
  );
}

bug(
  "6: keepAlive is an interval, whatever clientMaxAge is",
  THREE("6 or 7", 0),
  async ({ open, time, asked, gate }) => {
    const page = await open({ options: { keepAlive: 1, clientMaxAge: 2 } });
    await until(page, "authenticated");
    gate.clear();
    // Not on the second: what is due then is due.
    await time(6.5);
    const count = asked();
    return count === 6 || count === 7 ? "6 or 7" : count;
  },
);

bug(
  "6: keepAlive outlives a failed request",
  THREE([AUTHENTICATED, true], [NOBODY, false]),
  async ({ open, time, asked, gate }) => {
    const page = await open({ options: { keepAlive: 2 } });
    await until(page, "authenticated");
    gate.drop("GET /session");
    await time(3);
    gate.lift();
    await time(3);
    gate.clear();
    await time(6);
    return [await shown(page), asked() >= 2];
  },
);

bug(
  "6: keepAlive is not starved by renders",
  THREE(true, false),
  async ({ open, time, asked, gate }) => {
    const plan = { options: { keepAlive: 2 } };
    const page = await open(plan);
    await until(page, "authenticated");
    gate.clear();
    for (let second = 0; second < 6; second++) {
      await page.evaluate((again) => window.render(again), plan);
      await time(1);
    }
    return asked() >= 2;
  },
  { rust: FRAMEWORKS },
);

bug(
  "7: clientMaxAge counts in a tab that nobody touches",
  THREE(NOBODY, AUTHENTICATED),
  async ({ context, open, time }) => {
    const page = await open({ options: { clientMaxAge: 2 } });
    await until(page, "authenticated");
    await ground.signOut(context);
    await time(4);
    return shown(page);
  },
);

bug("8: one request at a time", BOTH(1, 3), async ({ open, time, asked, gate }) => {
  const held = gate.hold("GET /session");
  const page = await open();
  await held.until(1);
  await becomeVisible(page);
  await becomeVisible(page);
  await time(3);
  const count = asked();
  held.release();
  await until(page, "authenticated");
  return count;
});

bug(
  "8: an answer that is older than a sign-out does not bring the session back",
  BOTH([NOBODY, NOBODY], [NOBODY, AUTHENTICATED]),
  async ({ open, time, gate }) => {
    const page = await open();
    await until(page, "authenticated");
    await time(3);
    const held = gate.hold("GET /session", { late: true });
    await becomeVisible(page);
    await held.until(1);
    await gate.idle();
    gate.lift();
    await call(page, "signOut", { redirect: false });
    await until(page, "unauthenticated");
    const before = await shown(page);
    held.release();
    await time(1);
    return [before, await shown(page)];
  },
);
