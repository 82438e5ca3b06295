// What `hallpass-browser` adds to a page: the examples `hello` and `hello_without` of the crate, after wasm-opt, with the
// JavaScript beside them minified, in bytes of gzip.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { transformSync } from "esbuild";

const RUST = fileURLToPath(new URL("../../target/wasm/", import.meta.url));
const require = createRequire(new URL("../../packages/hallpass/package.json", import.meta.url));
const BINARYEN = dirname(require.resolve("binaryen"));
/**
 * What it may weigh here, in bytes: a page with nothing else in it pays for formatting, allocation and JSON too, which an
 * application has already. The project's aim for an application is 40,000.
 */
const LIMIT = 47_000;

const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;

function weigh(name) {
  const optimised = join(RUST, `${name}.small.wasm`);
  const words = [join(BINARYEN, "bin/wasm-opt"), join(RUST, `${name}_bg.wasm`), "-Oz", "-o", optimised];
  execFileSync(process.execPath, words, { stdio: "inherit" });
  const { code } = transformSync(readFileSync(join(RUST, `${name}.js`), "utf8"), { minify: true, format: "esm" });
  return { wasm: gzip(readFileSync(optimised)), glue: gzip(code) };
}

const [page, without] = ["hello", "hello_without"].map(weigh);
const added = page.wasm - without.wasm;
console.log(`hello: ${page.wasm} B of wasm and ${page.glue} B of JavaScript, gzip`);
console.log(`hello without hallpass: ${without.wasm} B and ${without.glue} B`);
console.log(`hallpass-browser adds ${added} B of wasm (limit ${LIMIT}) and ${page.glue - without.glue} B of JavaScript`);
if (!(added <= LIMIT)) process.exitCode = 1;
