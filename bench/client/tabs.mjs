// A browser of one person with some tabs, and what she does with them.
import { setTimeout as pause } from "node:timers/promises";

let tabs = 0;

/** Notes in every page when the first component showed that nobody is signed in, by the clock that all tabs share. */
function watch() {
  window.left = new Promise((resolve) => {
    addEventListener("DOMContentLoaded", () => {
      const root = document.getElementById("root");
      const look = () => {
        if (document.getElementById("who-0")?.dataset.status === "unauthenticated") resolve(Date.now());
      };
      new MutationObserver(look).observe(root, { subtree: true, childList: true, attributes: true });
    });
  });
}

/** In a page: leaves the tab and comes back, so many times, so many milliseconds apart; answers how long it took. */
async function comeAndGo([times, apart]) {
  const show = (value) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: !value });
    Object.defineProperty(document, "visibilityState", { configurable: true, value: value ? "visible" : "hidden" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  };
  const begin = performance.now();
  for (let n = 0; n < times; n++) {
    if (n) await new Promise((resolve) => setTimeout(resolve, begin + n * apart - performance.now()));
    window.dispatchEvent(new Event("blur"));
    show(false);
    show(true);
    window.dispatchEvent(new Event("focus"));
  }
  return performance.now() - begin;
}

export class Tabs {
  /** Ada's browser, for the pages of one library. */
  static async open(browser, server, library, number) {
    const all = new Tabs();
    Object.assign(all, { server, library, number, relay: server.relay });
    all.context = await browser.newContext();
    await all.context.addInitScript(watch);
    await server.sign(all.context, "in");
    return all;
  }

  /** One more tab, with so many components, once all show who is signed in. */
  async add({ count = 50, session, every } = {}) {
    const page = await this.context.newPage();
    page.tab = String(++tabs);
    const { nobody } = this.library;
    const words = { tab: page.tab, library: this.number, ...(every && { every }), ...(nobody && { nobody }) };
    const query = new URLSearchParams(words);
    await page.goto(`${this.relay.origin}/?${query}`);
    const options = every && this.library.poll(every);
    await page.evaluate((plan) => window.mount(plan), { count, session, options });
    await page.waitForFunction(
      (last) => document.getElementById(last)?.dataset.status === "authenticated",
      `who-${count - 1}`,
    );
    return page;
  }

  /** Lets everything come to rest; no library waits longer before it acts. */
  async rest(milliseconds = 3000) {
    await pause(milliseconds);
    while (this.relay.open) await pause(10);
  }

  /** Leaves a tab and comes back. */
  focus(page, times = 1, apart = 0) {
    return page.evaluate(comeAndGo, [times, apart]);
  }

  /** How often each component was rendered: of all, the most. */
  renders(page) {
    return page.evaluate(() => Math.max(...window.seen.renders));
  }

  close() {
    return this.context.close();
  }
}
