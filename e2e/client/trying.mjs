// What nobody should hand to a client, and some do. Nothing of it ends in an error that nobody caught or in endless
// loading: both are looked for at the end of every test.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { LIBRARIES, shown } from "./ground.mjs";

/** Which of these a run plays: a front end in Rust has the page without a framework, and plays what that one plays. */
const played = (libraries) =>
  process.env.HALLPASS_LIBRARY ? LIBRARIES.filter(() => libraries.includes("hallpass/session")) : libraries;

/**
 * Makes tests on this ground, with each of our libraries or those named; `play` ends with a page that shows something.
 */
export function trying(ground) {
  beforeEach(() => {
    ground().gate.lift();
    ground().gate.clear();
  });
  return function tried(
    name,
    play,
    { libraries = ["hallpass/client", "hallpass/react", "hallpass/session"], as = null, ...rest } = {},
  ) {
    for (const library of played(libraries)) {
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
