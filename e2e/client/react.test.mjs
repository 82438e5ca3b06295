// The same components with React 17, 18 and 19.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADA, GRACE, call, history, openGround, passes, shown, signInHere, until, untilText } from "./ground.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
beforeEach(() => {
  ground.gate.lift();
  ground.gate.clear();
});

const SESSION = { user: { name: "Ada Lovelace", email: ADA }, expires: "2099-01-01T00:00:00.000Z" };
const asked = () => ground.gate.count("GET /session");

for (const react of [17, 18, 19]) {
  for (const library of ["hallpass/client", "hallpass/react"]) {
    /** A page, what is to be tried with it, and no word of React and no error at its end. */
    const check = (name, play, { as = ADA } = {}) =>
      test(`${library}, React ${react}: ${name}`, async () => {
        const context = await ground.context({ as, clock: true });
        const open = (plan, rest = {}) => ground.open(context, { library, react, plan, ...rest });
        const page = await play(open, (seconds) => passes(ground, context, seconds), context);
        assert.deepEqual(await page.evaluate(() => window.faults), []);
        assert.deepEqual(
          context.said.filter((text) => !text.includes("React DevTools")),
          [],
        );
        await context.close();
      });

    check("50 components without a session prop render twice, for one request", async (open, time) => {
      const page = await open({ count: 50 });
      await until(page, "authenticated", 49);
      await time(3);
      assert.deepEqual((await history(page)).renders, Array(50).fill(2));
      assert.equal(asked(), 1);
      return page;
    });

    for (const session of [SESSION, null]) {
      check(
        `50 components with ${session ? "a session" : "nobody"} as their prop render once, for no request`,
        async (open, time) => {
          const page = await open({ count: 50, session });
          await until(page, session ? "authenticated" : "unauthenticated", 49);
          await time(3);
          assert.deepEqual((await history(page)).renders, Array(50).fill(1));
          assert.equal(asked(), 0);
          return page;
        },
        { as: session ? ADA : null },
      );

      check(
        `a page rendered by a server with ${session ? "a session" : "nobody"} comes to life with one render and no request`,
        async (open, time) => {
          const page = await open({ count: 20, session }, { rendered: true });
          await page.waitForFunction(() => window.seen?.renders.length === 20);
          await time(3);
          assert.deepEqual((await history(page)).renders, Array(20).fill(1));
          assert.equal(await shown(page, 19), session ? `authenticated ${ADA}` : "unauthenticated null");
          assert.equal(asked(), 0);
          const html = await (await page.request.get(page.url())).text();
          assert.ok(html.includes(`data-status="${session ? "authenticated" : "unauthenticated"}"`));
          return page;
        },
        { as: session ? ADA : null },
      );
    }

    check("a page rendered by a server that knows nothing asks once and renders twice", async (open, time) => {
      const page = await open({ count: 20 }, { rendered: true });
      await until(page, "authenticated", 19);
      await time(3);
      assert.deepEqual((await history(page)).renders, Array(20).fill(2));
      assert.equal(asked(), 1);
      return page;
    });

    check(
      "a page that was rendered for somebody who has left since shows so when it looks",
      async (open, time) => {
        const page = await open({ session: SESSION }, { rendered: true });
        await until(page, "authenticated");
        assert.equal(await call(page, "getSession"), null);
        await until(page, "unauthenticated");
        await time(1);
        return page;
      },
      { as: null },
    );

    check("StrictMode asks once, and not at all with a session prop", async (open, time) => {
      const page = await open({ strict: true });
      await until(page, "authenticated");
      await time(3);
      assert.equal(asked(), 1);
      const session = await call(page, "getSession");
      await time(3);
      ground.gate.clear();
      const other = await open({ strict: true, session });
      await until(other, "authenticated");
      await time(3);
      assert.equal(asked(), 0);
      return other;
    });

    check(
      "components that leave during a request are not rendered, and find its answer when they are back",
      async (open, time) => {
        const held = ground.gate.hold("GET /session");
        const page = await open({});
        await held.until(1);
        await page.evaluate(() => window.render({ shape: "empty" }));
        await page.waitForSelector("#nothing");
        held.release();
        ground.gate.lift();
        await time(1);
        await page.evaluate(() => window.render({}));
        await until(page, "authenticated");
        return page;
      },
    );

    check("an unmounted tree hears no more, and one that is mounted again does", async (open, time) => {
      const page = await open({});
      await until(page, "authenticated");
      await page.evaluate(() => window.unmount());
      await call(page, "signOut", { redirect: false });
      await time(1);
      await page.evaluate(() => window.mount({}));
      await until(page, "unauthenticated");
      await signInHere(page);
      await until(page, "authenticated");
      return page;
    });

    for (const shape of ["two", "nested", "none"]) {
      const words = { two: "two Providers side by side", nested: "a Provider in a Provider", none: "no Provider" };
      check(`${words[shape]} make one request and show the same`, async (open, time) => {
        const page = await open({ shape, count: 2 });
        const all = shape === "none" ? [0, 1] : [0, 1, 2, 3];
        for (const n of all) await untilText(page, ADA, n);
        await time(3);
        assert.equal(asked(), 1);
        await call(page, "signOut", { redirect: false });
        for (const n of all) await until(page, "unauthenticated", n);
        return page;
      });
    }

    check("two Providers with the same session prop make no request", async (open, time) => {
      const page = await open({ shape: "two", session: SESSION });
      for (const n of [0, 1]) await untilText(page, ADA, n);
      await time(3);
      assert.equal(asked(), 0);
      return page;
    });

    check("a Provider that leaves and comes back shows what is known at once", async (open, time) => {
      const page = await open({});
      await until(page, "authenticated");
      await page.evaluate(() => window.render({ shape: "empty" }));
      await page.waitForSelector("#nothing");
      await page.evaluate(() => window.render({}));
      await until(page, "authenticated");
      await time(1);
      const {
        shown: [list],
      } = await history(page);
      assert.deepEqual(list, ["loading undefined", `authenticated ${ADA}`]);
      return page;
    });

    check("a signed-in page shows another person without an in-between", async (open) => {
      const page = await open({});
      await until(page, "authenticated");
      await signInHere(page, GRACE);
      await untilText(page, GRACE);
      const {
        shown: [list],
      } = await history(page);
      assert.deepEqual(list, ["loading undefined", `authenticated ${ADA}`, `authenticated ${GRACE}`]);
      return page;
    });

    check("what useSession gives is read either way, and its functions stay the same", async (open) => {
      const page = await open({});
      await until(page, "authenticated");
      const told = await page.evaluate(async () => {
        const before = window.seen.values[0];
        const [session, loading] = before;
        await window.api.signOut({ redirect: false });
        const after = window.seen.values[0];
        return {
          tuple: [session === before.data, loading, before.length],
          keys: [before.status, before.stale, typeof before.update],
          same: before.update === after.update,
          after: [after[0], after[1], after.data, after.status],
        };
      });
      assert.deepEqual(told, {
        tuple: [true, false, 2],
        keys: ["authenticated", false, "function"],
        same: true,
        after: [null, false, null, "unauthenticated"],
      });
      return page;
    });
  }
}
