// Sessions that end while pages are open, which is the same for every example.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openExample } from "./example.mjs";
import { openBrowser, openTab, sendPassword, untilSignedIn, untilSignedOut } from "./visitor.mjs";

/** The shortest that hallpass takes. */
const LIFE = "60s";

/** Declares the tests for this example. */
export function testExpiry(name) {
  let example;
  before(async () => {
    example = await openExample(name, { settings: { "session.max_age": LIFE, "session.update_age": LIFE } });
    await example.addAda();
  });
  after(() => example?.close());

  test("a session that ends while pages are open is shown as ended in each of them, in time and without loading", async () => {
    const context = await openBrowser(example);
    context.setDefaultTimeout(75_000);
    const first = await openTab(example, context, "/sign-in");
    await sendPassword(first);
    await untilSignedIn(first);
    const second = await openTab(example, context);
    await untilSignedIn(second);
    for (const page of [first, second]) await page.evaluate(() => void (window.sameDocument = true));
    const ends = await first.evaluate(async () => Date.parse((await (await fetch("/api/auth/session")).json()).expires));
    for (const page of [first, second]) {
      await untilSignedOut(page);
      await page.getByRole("heading", { name: "Hello, stranger" }).waitFor();
      const { since, sameDocument } = await page.evaluate(() => ({ since: window.since, sameDocument: window.sameDocument }));
      assert.equal(sameDocument, true, "the page was loaded again");
      assert.ok(since <= ends + 1500, `shown ${since - ends} ms after the end`);
      // The end is rounded to a second on its way.
      assert.ok(since >= ends - 1500, `shown ${ends - since} ms before the end`);
    }
  });
}
