// One load of an example's first page, in a browser context of its own in which Ada is signed in.
import { gzipSync } from "node:zlib";

const NAME = "Ada Lovelace";

/**
 * Runs before any script of the page: notes when the name is shown, and when scripts have taken the page over. `whole`: it is made by
 * scripts, so both is one.
 */
function watchLoad({ name, where, whole }) {
  window.noted = {};
  const note = (what) => (window.noted[what] ??= performance.now());
  const look = () => {
    const who = document.querySelector(where);
    if (who?.textContent.includes(name)) note("shown");
    if (whole && window.noted.shown) note("taken");
    // The pages in Rust say it; React leaves a mark on what it has taken over.
    const marked = who && Object.keys(who).some((key) => key.startsWith("__reactFiber"));
    if (document.documentElement?.hasAttribute("data-taken") || marked) note("taken");
    return window.noted.shown && window.noted.taken;
  };
  const options = { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["data-taken"] };
  new MutationObserver(look).observe(document, options);
  // No observer sees React's mark.
  const again = () => look() || setTimeout(again, 4);
  again();
}

const isScript = (answer) => /\.(js|wasm)$/.test(new URL(answer.url()).pathname);

/** How much the scripts of a page weigh that came with these answers. */
async function weightOf(answers) {
  const bodies = await Promise.all(answers.filter(isScript).map((answer) => answer.body()));
  return bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
}

/** Opens the page: when the session was shown, when it was taken over, what it asked hallpass, and what its scripts weigh. */
export async function load({ browser, origin, storageState, path = "/", where = "header .who" }) {
  // No route is watched, which would hold each request up.
  const context = await browser.newContext({ storageState });
  try {
    await context.addInitScript(watchLoad, { name: NAME, where, whole: where === "body" });
    const page = await context.newPage();
    let requests = 0;
    const answers = [];
    page.on("request", (request) => (requests += new URL(request.url()).pathname.startsWith("/api/auth/")));
    page.on("response", (answer) => answers.push(answer));
    await page.goto(`${origin}${path}`);
    await page.waitForFunction(() => window.noted.shown && window.noted.taken);
    await page.waitForLoadState("networkidle");
    const { shown, taken } = await page.evaluate(() => window.noted);
    return { shown, taken, requests, weight: await weightOf(answers) };
  } finally {
    await context.close();
  }
}
