// What nobody should hand to a client, and some do. Nothing of it ends in an error that nobody caught or in endless
// loading: both are looked for at the end of every test.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { IN_RUST, LIBRARIES, shown } from "./ground.mjs";

/**
 * Makes tests on this ground, with each of our libraries or those named; `play` ends with a page that shows something. `rust`:
 * the front ends in Rust that play it, unless named all if the page without a framework does. None, `[]`, where the types of
 * Rust do not let anybody hand over such a thing.
 */
export function trying(ground) {
  beforeEach(() => {
    ground().gate.lift();
    ground().gate.clear();
  });
  return function tried(
    name,
    play,
    { libraries = ["hallpass/client", "hallpass/react", "hallpass/session"], rust, as = null, ...rest } = {},
  ) {
    const inRust = rust ?? (libraries.includes("hallpass/session") ? IN_RUST : []);
    const played = process.env.HALLPASS_LIBRARY ? LIBRARIES.filter((library) => inRust.includes(library)) : libraries;
    for (const library of played) {
      test(`${library}: ${name}`, async () => {
        const context = await ground().context({ as, ...rest });
        const open = (plan = {}, more = {}) => ground().open(context, { library, plan, ...more });
        const page = await play({ context, open, library });
        assert.deepEqual(await page.evaluate(() => window.faults), []);
        const now = page.url().includes("/api/") ? "" : await shown(page);
        assert.ok(!now?.startsWith("loading"), "it loads for ever");
        await context.close();
      });
    }
  };
}
