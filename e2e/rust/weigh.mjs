// What a page in Rust weighs: an example of one of the crates, after wasm-opt, with the JavaScript beside it minified, in bytes of gzip.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { transformSync } from "esbuild";

const RUST = fileURLToPath(new URL("../../target/wasm/", import.meta.url));
const require = createRequire(new URL("../../packages/hallpass/package.json", import.meta.url));

const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** Whether the page of this name has been built. */
export const isBuilt = (name) => existsSync(join(RUST, `${name}_bg.wasm`));

/** Its wasm and the JavaScript that loads it. */
export function weigh(name) {
  const optimised = join(RUST, `${name}.small.wasm`);
  const binaryen = dirname(require.resolve("binaryen"));
  const words = [join(binaryen, "bin/wasm-opt"), join(RUST, `${name}_bg.wasm`), "-Oz", "-o", optimised];
  execFileSync(process.execPath, words, { stdio: "inherit" });
  const { code } = transformSync(readFileSync(join(RUST, `${name}.js`), "utf8"), { minify: true, format: "esm" });
  return { wasm: gzip(readFileSync(optimised)), glue: gzip(code) };
}
