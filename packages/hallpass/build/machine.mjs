/**
 * Makes `src/machine.js` out of the Rust crate `hallpass-session-js`: Rust → WebAssembly → JavaScript.
 *
 *     node build/machine.mjs           writes src/machine.js
 *     node build/machine.mjs --check   fails if src/machine.js is not what would be written
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { toModule } from "./module.mjs";
import { memoryToVariables } from "./variables.mjs";

const require = createRequire(import.meta.url);
const { minify } = require("terser");

const TARGET = "wasm32v1-none";
const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const REPOSITORY = dirname(dirname(PACKAGE));
const FILE = join(PACKAGE, "src/machine.js");
const VARIABLES = ["wake", "request", "stamp", "span", "version"];
const EXPORTS = ["start", "handle", ...VARIABLES, "sign_in_start", "sign_in_after", "sign_out_then"];

/** Runs a program and gives what it prints. */
function run(program, args) {
  return execFileSync(program, args, { cwd: REPOSITORY, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/** Runs one of Binaryen's programs, which are JavaScript. */
function binaryen(program, args) {
  const folder = dirname(require.resolve("binaryen"));
  return run(process.execPath, [join(folder, "bin", program), ...args]);
}

/** The crate as WebAssembly; gives its path. */
export function compile() {
  if (!run("rustup", ["target", "list", "--installed"]).includes(TARGET)) {
    run("rustup", ["target", "add", TARGET]);
  }
  const crate = ["-p", "hallpass-session-js", "--target", TARGET, "--profile", "machine", "--quiet", "--locked"];
  // Tables would be data in memory.
  run("cargo", ["rustc", ...crate, "--", "-C", "link-arg=-zstack-size=4096", "-C", "jump-tables=no"]);
  const { target_directory: target } = JSON.parse(run("cargo", ["metadata", "--no-deps", "--format-version=1"]));
  return join(target, TARGET, "machine", "hallpass_session_js.wasm");
}

/** Drops what the linker exports of itself, such as the memory. */
function exportsOnly(wasm, folder) {
  const graph = join(folder, "exports.json");
  const roots = EXPORTS.map((name) => ({ name: `_${name}`, export: name, root: true }));
  writeFileSync(graph, JSON.stringify(roots));
  const kept = join(folder, "kept.wasm");
  binaryen("wasm-metadce", [wasm, "--graph-file", graph, "-o", kept]);
  return kept;
}

/** Memory becomes variables first: the optimiser knows more to do about these. */
function optimised(wasm, folder) {
  const [text, small] = [join(folder, "variables.wat"), join(folder, "small.wasm")];
  writeFileSync(text, memoryToVariables(binaryen("wasm-dis", [wasm])));
  binaryen("wasm-opt", [text, "-Oz", "--flatten", "--rereloop", "-Oz", "-Oz", "-o", small]);
  return small;
}

async function build() {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-machine-"));
  try {
    const script = join(folder, "script.js");
    binaryen("wasm2js", [optimised(exportsOnly(compile(), folder), folder), "-Oz", "-o", script]);
    const compress = { passes: 5, keep_fargs: false, pure_getters: true };
    const { code } = await minify(toModule(readFileSync(script, "utf8")), { module: true, ecma: 2018, compress });
    return `// Made by build/machine.mjs from crates/hallpass-session-js. Do not edit.\n${code}\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main() {
  const fresh = await build();
  if (!process.argv.includes("--check")) {
    writeFileSync(FILE, fresh);
  } else if (readFileSync(FILE, "utf8") !== fresh) {
    console.error("packages/hallpass/src/machine.js is not what crates/hallpass-session-js gives.");
    console.error("Run `node packages/hallpass/build/machine.mjs` and commit the file.");
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
