// Runs browser tests, one file after the other: `node browser/run.mjs [folder] [part of a test's name]`. The folders are
// browser (the built-in pages and next-auth's client), client (our package), rust, dioxus, leptos and yew (the same scenarios with a front end
// in Rust), apps (the examples) and api (signed tokens and the description, without a browser).
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const [folder = "browser", pattern] = process.argv.slice(2);
const here = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.mjs"))
  .sort()
  .map((name) => here + name);
const stream = run({ files, concurrency: 1, timeout: 900_000, ...(pattern && { testNamePatterns: pattern }) });
stream.on("test:fail", () => {
  process.exitCode = 1;
});
stream.compose(new spec()).pipe(process.stdout);
