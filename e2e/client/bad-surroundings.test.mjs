// Forged messages, storage and channels that are not there, clocks that are wrong.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { ADA, becomeVisible, call, openGround, passes, shown, signInHere, until } from "./ground.mjs";
import { trying } from "./trying.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
const tried = trying(() => ground);

const DAY = 86_400_000;
const SESSION = { user: { name: "Ada Lovelace", email: ADA }, expires: "2099-01-01T00:00:00.000Z" };
const AUTHENTICATED = `authenticated ${ADA}`;
const asked = (what = "GET /session") => ground.gate.count(what);
const time = (context, seconds) => passes(ground, context, seconds);

tried(
  "messages that nobody of us sends are dropped",
  async ({ context, open }) => {
    const page = await open();
    await until(page, "authenticated");
    await time(context, 3);
    const stranger = await ground.open(context, { library: "hallpass/session" });
    ground.gate.clear();
    await stranger.evaluate(() => {
      const big = "x".repeat(5e6);
      const wild = [
        NaN,
        Infinity,
        -Infinity,
        -1,
        2 ** 53,
        1e300,
        "1",
        null,
        undefined,
        {},
        [],
        big,
        2n,
        new Date(),
        new Map(),
      ];
      const mallory = { user: { email: "mallory@mail.example" }, expires: "2099-01-01T00:00:00.000Z" };
      for (const name of ["hallpass/api/auth", "hallpass:/api/auth", "hallpass", "next-auth"]) {
        const channel = new BroadcastChannel(name);
        for (const word of [...wild, mallory, { event: "session", data: {} }]) channel.postMessage(word);
        for (let kind = -1; kind < 12; kind++) {
          for (const stamp of wild) channel.postMessage([kind, 1, 5, stamp, 1000, mallory]);
          for (const span of [-1, NaN, Infinity]) channel.postMessage([kind, 1, 5, -1, span, mallory]);
        }
      }
    });
    await time(context, 8);
    assert.equal(await shown(page), AUTHENTICATED);
    assert.ok(asked() <= 4, `${asked()} requests`);
    return page;
  },
  { as: ADA, clock: true },
);

tried(
  "a forged session in a message is not shown, and the server is asked",
  async ({ context, open }) => {
    const page = await open();
    await until(page, "authenticated");
    await time(context, 3);
    const stranger = await ground.open(context, { library: "hallpass/session" });
    await stranger.evaluate(() => {
      const mallory = { user: { email: "mallory@mail.example" }, expires: "2099-01-01T00:00:00.000Z" };
      for (const name of ["hallpass/api/auth", "hallpass:/api/auth"]) {
        const channel = new BroadcastChannel(name);
        for (const version of [0, 5, -5]) channel.postMessage([3, 1, version, Date.now() + 1000, 1e6, mallory]);
        for (const version of [0, 5, -5]) channel.postMessage([3, 1, Date.now() + 1000, 1e6, version, mallory]);
      }
    });
    await time(context, 6);
    assert.equal(await shown(page), AUTHENTICATED);
    assert.ok(!(await page.evaluate(() => JSON.stringify(window.seen.shown))).includes("mallory"));
    assert.ok(asked() <= 4, `${asked()} requests`);
    return page;
  },
  { as: ADA, clock: true },
);

tried(
  "nonsense in the storage is dropped",
  async ({ context, open }) => {
    const page = await open();
    await until(page, "authenticated");
    await time(context, 3);
    const stranger = await ground.open(context, { library: "hallpass/session" });
    ground.gate.clear();
    await stranger.evaluate(() => {
      const words = [
        "",
        "{",
        "null",
        "[]",
        "7",
        '"x"',
        "{}",
        '{"event":7}',
        '{"event":"session"}',
        '{"event":"other","data":{}}',
        "x".repeat(1e6),
      ];
      for (const key of ["nextauth.message", "hallpass", "hallpass:/api/auth", "hallpass/api/auth"]) {
        for (const word of words) localStorage.setItem(key, word);
        localStorage.removeItem(key);
      }
      localStorage.clear();
    });
    await time(context, 5);
    assert.equal(await shown(page), AUTHENTICATED);
    assert.ok(asked() <= 1, `${asked()} requests`);
    return page;
  },
  { as: ADA, clock: true },
);

const BLOCKED = () => {
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, {
      configurable: true,
      get: () => {
        throw new DOMException("denied", "SecurityError");
      },
    });
  }
};
const FULL = () => {
  Storage.prototype.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
};
const NO_CHANNEL = () => {
  delete window.BroadcastChannel;
};
const THROWING_CHANNEL = () => {
  window.BroadcastChannel = function () {
    throw new DOMException("denied", "SecurityError");
  };
};
const NO_BEACON = () => {
  Object.defineProperty(navigator, "sendBeacon", { value: undefined });
};

for (const [name, init] of Object.entries({
  "storage that throws": BLOCKED,
  "storage that is full": FULL,
  "no BroadcastChannel": NO_CHANNEL,
  "a BroadcastChannel that throws": THROWING_CHANNEL,
  "no sendBeacon": NO_BEACON,
})) {
  tried(
    `with ${name} a page signs in and out, and other tabs follow`,
    async ({ context, open }) => {
      const [page, other] = [await open({}, { init }), await open({}, { init })];
      for (const tab of [page, other]) await until(tab, "unauthenticated");
      await time(context, 3);
      assert.equal((await signInHere(page)).ok, true);
      await until(page, "authenticated");
      await time(context, 4);
      await until(other, "authenticated");
      await call(page, "signOut", { redirect: false });
      await until(page, "unauthenticated");
      await time(context, 4);
      await until(other, "unauthenticated");
      return page;
    },
    { clock: true },
  );
}

tried(
  "without storage and channel a page works alone, and others find out when they look",
  async ({ context, open }) => {
    const init = `(${NO_CHANNEL})();(${BLOCKED})()`;
    const [page, other] = [await open({}, { init }), await open({}, { init })];
    for (const tab of [page, other]) await until(tab, "unauthenticated");
    assert.equal((await signInHere(page)).ok, true);
    await time(context, 4);
    await becomeVisible(other);
    await until(other, "authenticated");
    return page;
  },
  { clock: true },
);

for (const days of [-1, 1]) {
  tried(
    `with a clock that is ${days} day off a session is a session`,
    async ({ context, open }) => {
      const init = `{ const now = Date.now; Date.now = () => now() + ${days * DAY}; }`;
      ground.gate.answer("GET /session", {
        body: { ...SESSION, expires: new Date(Date.now() + 3_600_000).toISOString() },
      });
      const [page, other] = [await open({}, { init }), await open({}, { init })];
      for (const tab of [page, other]) await until(tab, "authenticated");
      await time(context, 8);
      for (const tab of [page, other]) assert.equal(await shown(tab), AUTHENTICATED);
      ground.gate.lift();
      assert.ok(asked() <= 3, `${asked()} requests`);
      await call(page, "signOut", { redirect: false });
      await until(page, "unauthenticated");
      await until(other, "unauthenticated");
      return page;
    },
    { as: ADA, clock: true },
  );

  tried(
    `with a clock that is ${days} day off a session prop is shown`,
    async ({ context, open }) => {
      const init = `{ const now = Date.now; Date.now = () => now() + ${days * DAY}; }`;
      const page = await open(
        { session: { ...SESSION, expires: new Date(Date.now() + 3_600_000).toISOString() } },
        { init },
      );
      await until(page, "authenticated");
      await time(context, 8);
      assert.equal(await shown(page), AUTHENTICATED);
      assert.ok(asked() <= 2, `${asked()} requests`);
      return page;
    },
    { as: ADA, clock: true },
  );
}

tried(
  "a clock that jumps by a day and back changes nothing",
  async ({ context, open }) => {
    const init = "{ const now = Date.now; Date.now = () => now() + (window.jump ?? 0); }";
    const page = await open({}, { init });
    await until(page, "authenticated");
    for (const jump of [DAY, -DAY, 0]) {
      await page.evaluate((by) => (window.jump = by), jump);
      await time(context, 3);
      await becomeVisible(page);
      await time(context, 3);
      assert.equal(await shown(page), AUTHENTICATED, `${jump}`);
    }
    return page;
  },
  { as: ADA, clock: true },
);
