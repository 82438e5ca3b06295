// `cargo xtask bench rust`: how soon an example shows who is signed in, in Rust and in React, and what each crate adds to a page.
// Ends with an error if a page that a server has rendered asks for the session. `node run.mjs [--quick] [--figures FILE]`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { openExample } from "../../e2e/apps/example.mjs";
import { isBuilt, weigh } from "../../e2e/rust/weigh.mjs";
import { sectionOf, withSection } from "./figures.mjs";
import { load } from "./load.mjs";
import { openSmallest } from "./smallest.mjs";

const words = process.argv.slice(2);
const file = words.includes("--figures") ? words[words.indexOf("--figures") + 1] : undefined;
const rounds = words.includes("--quick") ? 3 : 20;

/** The examples, and how their first page comes about. */
const EXAMPLES = [
  { name: "vite-react", what: "React", rendered: false },
  { name: "nextjs-app", what: "React, Next.js", rendered: true },
  { name: "leptos", what: "Leptos", rendered: true },
  { name: "dioxus", what: "Dioxus", rendered: true },
  { name: "yew", what: "Yew", rendered: true },
];

/** The crates, and the page of each with it and without it. */
const CRATES = [
  { name: "hallpass-browser", page: "hello" },
  { name: "hallpass-leptos", page: "leptos_hello" },
  { name: "hallpass-dioxus", page: "dioxus_hello" },
  { name: "hallpass-yew", page: "yew_hello" },
];

/** What the smallest pages are made with. */
const MADE_WITH = { "hallpass-browser": "no framework", "hallpass-leptos": "Leptos", "hallpass-dioxus": "Dioxus", "hallpass-yew": "Yew" };

/** The crates, and the example of each with it and without it. */
const IN_EXAMPLES = ["leptos", "dioxus", "yew"].map((name) => ({ name: `hallpass-${name}`, page: `example_${name}` }));

const say = (text) => process.stdout.write(`${text}\n`);
const load1 = () => loadavg()[0].toFixed(2);
const isThere = ({ name }) => ["Cargo.toml", "package.json"].some((manifest) => existsSync(fileURLToPath(new URL(`../../examples/${name}/${manifest}`, import.meta.url))));

/** Starts an example with Ada in it, and signs her in once. */
async function open(example) {
  const running = await openExample(example.name);
  try {
    await running.addAda();
    const storageState = await (await running.contextOfAda()).storageState();
    return { ...example, running, loads: [], place: { browser: running.browser, origin: running.origin, storageState } };
  } catch (error) {
    await running.end();
    throw error;
  }
}

/** All of them once, another first each time. */
async function round(opened, number) {
  for (let n = 0; n < opened.length; n++) {
    const one = opened[(n + number) % opened.length];
    const loaded = await load(one.place);
    // The first one finds servers that have not answered anybody yet.
    if (number > 0) one.loads.push(loaded);
  }
  if (number > 0) say(`Loaded, round ${number} of ${rounds}; load ${load1()}.`);
}

/** The smallest pages, which share a server and a browser. */
async function openSmall() {
  const running = await openSmallest();
  const small = ({ name, page }) => ({ name: page, what: MADE_WITH[name], rendered: false, loads: [], place: { ...running.place, path: `/${page}`, where: "body" } });
  return [running, CRATES.filter(({ page }) => isBuilt(page)).map(small)];
}

async function measure(conditions) {
  const [opened, running] = [[], []];
  try {
    for (const example of EXAMPLES.filter(isThere)) {
      opened.push(await open(example));
      running.push(opened.at(-1).running);
    }
    const [small, pages] = await openSmall();
    running.push(small);
    opened.push(...pages);
    conditions.chromium = opened[0].place.browser.version();
    conditions.before = load1();
    for (let number = 0; number <= rounds; number++) await round(opened, number);
    conditions.after = load1();
    return opened.map(({ name, what, rendered, loads }) => ({ name, what, rendered, loads }));
  } finally {
    for (const one of running) await one.end();
  }
}

function weights(crates) {
  const built = crates.filter(({ page }) => isBuilt(page) && isBuilt(`${page}_without`));
  return built.map(({ name, page }) => ({ name, page, with: weigh(page), without: weigh(`${page}_without`) }));
}

const conditions = { rounds };
const examples = await measure(conditions);
const crates = weights(CRATES);
const inExamples = weights(IN_EXAMPLES);
const missing = [
  ...EXAMPLES.filter((example) => !isThere(example)).map(({ name }) => `the example \`${name}\``),
  ...[...CRATES, ...IN_EXAMPLES]
    .filter(({ page }) => ![...crates, ...inExamples].some((weighed) => weighed.page === page))
    .map(({ page }) => `the page \`${page}\``),
];
const section = sectionOf({ examples, crates, inExamples, missing }, conditions);
say(section);
if (file) writeFileSync(file, withSection(readFileSync(file, "utf8"), section));
const wrong = examples.filter(({ rendered, loads }) => loads.some(({ requests }) => requests !== (rendered ? 0 : 1)));
for (const { name } of wrong) say(`MISSED by ${name}: its requests on load`);
process.exitCode = wrong.length ? 1 : 0;
