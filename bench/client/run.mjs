// `cargo xtask bench client`: hallpass's client and its peers, in Chromium, over real servers. Ends with an error if
// hallpass misses a limit. `node run.mjs [--quick] [--figures FILE]`; `--sign-outs` measures these alone, and says them.
import { readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { launch } from "../../e2e/browser/stage.mjs";
import { script, sizeOf } from "./build.mjs";
import { count } from "./counts.mjs";
import { sectionOf, withSection } from "./figures.mjs";
import { LIBRARIES } from "./libraries.mjs";
import { judge, median } from "./limits.mjs";
import { withServers } from "./servers.mjs";
import { signOut } from "./sign-out.mjs";

const words = process.argv.slice(2);
const file = words.includes("--figures") ? words[words.indexOf("--figures") + 1] : undefined;
const quick = words.includes("--quick");
const rounds = quick ? { counts: 1, signOuts: 3 } : { counts: 3, signOuts: 20 };

/** So many milliseconds later each answer comes. */
const DELAYS = [0, 50];
/** Latencies are taken when the load of the last minute is below this; waited for so many minutes. */
const QUIET = 2;
const WAIT = quick ? 0 : 10;

const load = () => loadavg()[0].toFixed(2);
const say = (text) => process.stdout.write(`${text}\n`);

/** Another library begins each round. */
const turned = (round) => LIBRARIES.map((_, n) => (n + round) % LIBRARIES.length);

async function countAll(browser, servers) {
  const counts = LIBRARIES.map(() => []);
  for (let round = 0; round < rounds.counts; round++) {
    // They wait more than they work, and each has a browser to itself.
    const one = async (n) => {
      const library = LIBRARIES[n];
      counts[n].push(await count(browser, servers[library.server], library, String(n)));
    };
    await Promise.all(turned(round).map(one));
    say(`Counted, round ${round + 1} of ${rounds.counts}.`);
  }
  return counts;
}

const byTime = (one, other) => one - other;

async function quiet() {
  const end = Date.now() + WAIT * 60_000;
  if (loadavg()[0] >= QUIET && WAIT) say(`Waiting until the machine is idle; its load is ${load()} …`);
  while (loadavg()[0] >= QUIET && Date.now() < end) await pause(5000);
}

async function signOutAll(browser, servers) {
  const taken = LIBRARIES.map(() => DELAYS.map(() => []));
  for (let round = 0; round < rounds.signOuts; round++) {
    for (const n of turned(round)) {
      for (const [index, delay] of DELAYS.entries()) {
        const library = LIBRARIES[n];
        taken[n][index].push(await signOut(browser, servers[library.server], library, String(n), delay));
      }
    }
    say(`Signed out, round ${round + 1} of ${rounds.signOuts}; load ${load()}.`);
  }
  return taken;
}

const sizes = await Promise.all(LIBRARIES.map(sizeOf));
const scripts = await Promise.all(LIBRARIES.map(script));
const browser = await launch();
const conditions = { chromium: browser.version(), rounds };
const measure = async (servers) => {
  const counts = await countAll(browser, servers);
  await quiet();
  conditions.before = load();
  const signOuts = await signOutAll(browser, servers);
  conditions.after = load();
  return LIBRARIES.map((library, n) => ({ library, size: sizes[n], counts: counts[n], signOuts: signOuts[n] }));
};
if (words.includes("--sign-outs")) {
  try {
    const taken = await withServers(browser, scripts, async (servers) => (await quiet(), signOutAll(browser, servers)));
    const words = (all) => `${median(all.map(({ took }) => took))} ms of ${all.map(({ took }) => took).sort(byTime).join(" ")}`;
    taken.forEach((delays, n) => say(`${LIBRARIES[n].name}: no delay ${words(delays[0])}; 50 ms ${words(delays[1])}`));
  } finally {
    await browser.close();
  }
  process.exit();
}
let results;
try {
  results = await withServers(browser, scripts, measure);
} finally {
  await browser.close();
}
const verdicts = results.filter(({ library }) => library.ours).flatMap(judge);
const section = sectionOf(results, verdicts, conditions);
say(section);
if (file) writeFileSync(file, withSection(readFileSync(file, "utf8"), section));
const missed = verdicts.filter(({ met }) => !met);
for (const { library, what, limit, measured } of missed) say(`MISSED by ${library}: ${what}: ${measured}, ${limit}`);
process.exitCode = missed.length ? 1 : 0;
