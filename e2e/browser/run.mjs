// Runs browser tests: `node browser/run.mjs [folder] [part of a test's name]`. The folders are browser (the built-in pages and
// next-auth's client), client (our package), rust, dioxus, leptos and yew (the same scenarios with a front end in Rust), apps (the
// examples) and api (signed tokens and the description, without a browser).
//
// A file in which a test failed is played once more, alone, and what counts is what came of that: a browser on a busy machine misses a
// moment now and then, and a fault does so twice. Whatever passed at the second time only is named at the end, for somebody to look at.
import { once } from "node:events";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const [folder = "browser", pattern] = process.argv.slice(2);
const here = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
const all = readdirSync(here)
  .filter((name) => name.endsWith(".test.mjs"))
  .sort()
  .map((name) => here + name);

/** How many are played side by side: while one waits, two others have a core each. */
const LANES = folder === "api" ? 1 : 3;

/** About how long a file takes: as long as it is, and what it plays of others. */
function length(file) {
  const text = readFileSync(file, "utf8");
  const others = [...text.matchAll(/from "(\.[^"]+)"|^import "(\.[^"]+)"/gm)].map(([, one, other]) => new URL(one ?? other, pathToFileURL(file)));
  return others.reduce((sum, other) => sum + statSync(other).size, text.length);
}

/**
 * Files that take turns: those of an example in JavaScript, which is built once, for one port. All others have nothing in common. The
 * longest come first, so that none of them is left over at the end.
 */
function groups(files) {
  const groups = new Map();
  for (const file of files) {
    const name = /\/apps\/(nextjs-app|nextjs|vite-react)/.exec(file)?.[1] ?? file;
    const { group, long } = groups.get(name) ?? { group: [], long: 0 };
    groups.set(name, { group: [...group, file], long: long + length(file) });
  }
  return [...groups.values()].sort((one, other) => other.long - one.long).map(({ group }) => group);
}

/** Plays these groups; answers with the tests of each file that passed and failed, by name. */
async function play(waiting, lanes) {
  const played = new Map();
  const lane = async () => {
    for (let group; (group = waiting.shift()); ) for (const file of group) played.set(file, await playOne(file));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return played;
}

/** By itself: a test says in which file it was written, and that may be one that several import. */
async function playOne(file) {
  const played = { passed: [], failed: [] };
  const stream = run({ files: [file], concurrency: 1, timeout: 900_000, ...(pattern && { testNamePatterns: pattern }) });
  const note = (kind) => (test) => {
    if (test.nesting > 0 || test.details?.type === "suite" || test.skip) return;
    played[kind].push(test.name);
  };
  stream.on("test:pass", note("passed"));
  stream.on("test:fail", note("failed"));
  // The reporter's own last words are the last of it.
  const report = stream.compose(new spec());
  report.pipe(process.stdout, { end: false });
  await once(report, "end");
  return played;
}

const results = await play(groups(all), LANES);
const again = [...results].filter(([, { failed }]) => failed.length > 0);
const unsteady = [];
if (again.length > 0) {
  console.log(`\nOnce more, alone: ${again.map(([file]) => file.slice(here.length)).join(", ")}`);
  for (const [file, second] of await play([again.map(([file]) => file)], 1)) {
    const before = results.get(file).failed;
    // What was not played again has failed.
    second.failed.push(...before.filter((name) => !second.passed.includes(name) && !second.failed.includes(name)));
    unsteady.push(...before.filter((name) => !second.failed.includes(name)).map((name) => `${file.slice(here.length)}: ${name}`));
    results.set(file, second);
  }
}
const count = (kind) => [...results.values()].reduce((sum, one) => sum + one[kind].length, 0);
for (const name of unsteady) console.log(`unsteady, passed at the second time: ${name}`);
console.log(`played: ${count("passed")} passed; ${count("failed")} failed`);
if (count("failed") > 0) process.exitCode = 1;
