// Runs the package's tests: `node test/run.mjs [part of a test's name]`.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const here = fileURLToPath(new URL(".", import.meta.url));
const files = readdirSync(here, { recursive: true })
  .filter((name) => name.endsWith(".test.mjs"))
  .sort()
  .map((name) => here + name);
const [pattern] = process.argv.slice(2);
const stream = run({ files, concurrency: 2, timeout: 300_000, ...(pattern && { testNamePatterns: pattern }) });
stream.on("test:fail", () => {
  process.exitCode = 1;
});
stream.compose(new spec()).pipe(process.stdout);
