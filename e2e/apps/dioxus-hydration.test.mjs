// How a page that Dioxus's fullstack rendered is taken over: as it stands. What the other frameworks show of this without an example,
// see `e2e/leptos` and `e2e/yew`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openExample } from "./example.mjs";
import { openBrowser } from "./visitor.mjs";

let example;
before(async () => {
  example = await openExample("dioxus", { mail: true, oidc: true });
  await example.addAda();
});
after(() => example?.close());

/** Notes every node of the page as the server sent it, before its program runs, and what changes from then on. */
function watchNodes() {
  document.addEventListener("DOMContentLoaded", () => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    window.sent = [];
    while (walk.nextNode()) if (!walk.currentNode.data?.match(/^\s*$/)) window.sent.push(walk.currentNode);
    window.changed = [];
    new MutationObserver((records) => {
      for (const { type, target, addedNodes } of records) {
        const added = [...addedNodes].filter(({ nodeType }) => nodeType === Node.ELEMENT_NODE);
        if (type === "characterData" || added.length > 0) window.changed.push(`${type} in ${target.nodeName}`);
      }
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  });
}

for (const [path, ada] of [["/", true], ["/", false], ["/sign-in", false], ["/protected", true], ["/server", true]]) {
  test(`${path} is taken over from the server as it stands, for ${ada ? "Ada" : "a stranger"}`, async () => {
    const context = await openBrowser(example, { ada });
    await context.addInitScript(watchNodes);
    // The program comes late enough for the page to be looked at first.
    await context.route("**/*_bg.wasm", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.fallback();
    });
    const page = await context.newPage();
    await page.goto(example.origin + path);
    assert.equal(await page.evaluate(() => document.documentElement.hasAttribute("data-taken")), false);
    await example.taken(page);
    await page.waitForLoadState("networkidle");
    const { count, gone, changed } = await page.evaluate(() => ({
      count: window.sent.length,
      gone: window.sent.filter((node) => !node.isConnected).map((node) => node.nodeName),
      changed: window.changed,
    }));
    assert.ok(count > 15, `only ${count} nodes`);
    assert.deepEqual({ gone, changed }, { gone: [], changed: [] });
  });
}
