// Compiles what applications write against the built package, as ESM and as CommonJS, and for bundlers.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

const compile = (...words) =>
  new Promise((resolve) => {
    execFile(process.execPath, [compiler, "-p", here, ...words], (error, said) => resolve({ code: error?.code ?? 0, said }));
  });

test("strict applications compile, with fields of their own, as ESM and as CommonJS", async () => {
  assert.deepEqual(await compile(), { code: 0, said: "" });
});

test("they compile with the resolution that bundlers have", async () => {
  assert.deepEqual(await compile("--module", "Preserve", "--moduleResolution", "bundler"), { code: 0, said: "" });
});
