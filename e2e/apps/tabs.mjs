// Several tabs of one browser, which are the same for every example.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  openBrowser,
  openTab,
  reads,
  sendPassword,
  signOut,
  untilFresh,
  untilQuiet,
  untilSignedIn,
  untilSignedOut,
} from "./visitor.mjs";

/** Declares the tests; `example()` is the example once it is open. */
export function testTabs(example) {
  for (const count of [2, 5]) {
    test(`${count} tabs: signing in and out in one of them shows in all`, async () => {
      const context = await openBrowser(example());
      const tabs = [];
      for (let n = 1; n < count; n++) tabs.push(await openTab(example(), context));
      const here = await openTab(example(), context, "/sign-in");
      await Promise.all(tabs.map(untilSignedOut));
      await sendPassword(here);
      await Promise.all([here, ...tabs].map((tab) => untilSignedIn(tab)));
      // On a slow machine a tab may be told by one whose answer is older than the sign-in: it asks for itself.
      await Promise.all(tabs.map(untilFresh));
      await Promise.all(tabs.map(untilQuiet));
      const before = tabs.map(reads);
      await signOut(here);
      await Promise.all([here, ...tabs].map(untilSignedOut));
      assert.deepEqual(tabs.map(reads), before, "a tab asked who is signed in, though it had been told");
      await Promise.all(tabs.map((tab) => tab.getByRole("heading", { name: "Hello, stranger" }).waitFor()));
    });
  }
}
