import assert from "node:assert/strict";
import { after, before } from "node:test";
import { IN_RUST, becomeVisible, call, history, openGround, shown, signInHere, steady, until } from "./ground.mjs";
import { AUTHENTICATED, BOTH, NOBODY, SESSION, THREE, scenarios } from "./scenario.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
const bug = scenarios(() => ground);

bug(
  "9: what one tab notices costs the others no request",
  BOTH([1, AUTHENTICATED], [4, AUTHENTICATED]),
  async ({ open, time, asked, gate }) => {
    const pages = [];
    for (let n = 0; n < 4; n++) pages.push(await open());
    for (const page of pages) await until(page, "authenticated");
    await time(4);
    gate.clear();
    await becomeVisible(pages[2]);
    await time(4);
    return [asked(), await shown(pages[0])];
  },
);

bug(
  "10: two messages in one second are two",
  BOTH(NOBODY, AUTHENTICATED),
  async ({ context, open }) => {
    await context.clock.setFixedTime(new Date());
    const [one, other] = [await open(), await open()];
    await until(one, "authenticated");
    await until(other, "authenticated");
    await call(one, "getSession");
    await steady(ground, context);
    await ground.signOut(context);
    await call(one, "getSession");
    await steady(ground, context);
    await steady(ground, context);
    return shown(other);
  },
  { clock: false },
);

bug(
  "11: a sign-in without a redirect shows in the other tabs",
  BOTH(AUTHENTICATED, NOBODY),
  async ({ open, time }) => {
    const [one, other] = [await open(), await open()];
    await until(one, "unauthenticated");
    await until(other, "unauthenticated");
    await time(3);
    assert.equal((await signInHere(one)).ok, true);
    await until(one, "authenticated");
    await time(2);
    return shown(other);
  },
  { as: null },
);

bug(
  "12: what has not changed renders nothing",
  BOTH(0, 3),
  async ({ open, time, asked, gate }) => {
    const page = await open();
    await until(page, "authenticated");
    await time(3);
    const renders = async () => (await history(page)).renders[0];
    const before = await renders();
    for (let n = 0; n < 3; n++) {
      const count = asked();
      await becomeVisible(page);
      await gate.until(() => asked() > count);
      await time(3);
    }
    return (await renders()) - before;
  },
  { rust: IN_RUST },
);

bug(
  "13: a component that left is not rendered",
  THREE(0, 1),
  async ({ context, open, time, gate }) => {
    const held = gate.hold("GET /session");
    const page = await open();
    await held.until(1);
    await page.evaluate(() => window.render({ shape: "empty" }));
    held.release();
    await time(1);
    return context.said.filter((text) => /unmounted component|disposed|dropped/.test(text)).length;
  },
  { rust: IN_RUST },
);

bug(
  "14: an option can be unset",
  THREE([true, 0], [true, 1]),
  async ({ open, time, asked, gate }) => {
    const page = await open({ options: { keepAlive: 2 } });
    await until(page, "authenticated");
    await time(3);
    const polled = asked() > 1;
    await page.evaluate(() => window.render({ options: { keepAlive: 0, clientMaxAge: 0 } }));
    gate.clear();
    await time(8);
    return [polled, Math.min(asked(), 1)];
  },
  { rust: IN_RUST },
);

bug(
  "14: options that are taken away are unset",
  THREE(0, 1),
  async ({ open, time, asked, gate }) => {
    const page = await open({ options: { keepAlive: 2 } });
    await until(page, "authenticated");
    await page.evaluate(() => window.render({}));
    gate.clear();
    await time(8);
    return Math.min(asked(), 1);
  },
  { rust: IN_RUST },
);

bug("14: setOptions unsets what is zero", THREE(0, 1), async ({ open, time, asked, gate }) => {
  const page = await open();
  await until(page, "authenticated");
  await page.evaluate(() => (window.api.setOptions({ keepAlive: 2 }), window.api.setOptions({ keepAlive: 0 })));
  gate.clear();
  await time(6);
  return Math.min(asked(), 1);
});

bug(
  "15: a session is not shown beyond its end",
  BOTH([AUTHENTICATED, NOBODY], [AUTHENTICATED, AUTHENTICATED]),
  async ({ open, time, gate }) => {
    const expires = new Date(Date.now() + 4000).toISOString();
    gate.answer("GET /session", { body: { ...SESSION, expires } });
    const page = await open();
    await until(page, "authenticated");
    gate.answer("GET /session", { body: {} });
    await time(1);
    const before = await shown(page);
    await time(6);
    return [before, await shown(page)];
  },
);

bug(
  "16: a read that a sign-out overtakes does not bring the cookie back",
  BOTH(0, 1),
  async ({ context, open, time, gate }) => {
    const page = await open();
    await until(page, "authenticated");
    await time(3);
    const [{ name, value }] = await context
      .cookies()
      .then((all) => all.filter((cookie) => cookie.name.includes("session-token")));
    let release;
    const opened = new Promise((resolve) => (release = resolve));
    gate.rules.set("GET /session", async (response) => {
      await opened;
      response.writeHead(200, {
        "content-type": "application/json",
        "set-cookie": `${name}=${value}; Path=/; HttpOnly; SameSite=Lax`,
      });
      response.end(JSON.stringify(SESSION));
    });
    await becomeVisible(page);
    await gate.until(() => gate.count("GET /session") === 2);
    const ended = call(page, "signOut", { redirect: false });
    await gate.until(() => gate.count("POST /signout") === 1);
    await gate.idle();
    await time(1);
    release();
    await ended;
    await time(1);
    return (await context.cookies()).filter((cookie) => cookie.name === name).length;
  },
);
