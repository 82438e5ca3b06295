// Builds dist/: every module as ESM and as CommonJS, with its types for both. Nothing is bundled or minified; who uses the
// package does that, and the entries share their modules.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const [from, to] = [join(root, "src"), join(root, "dist")];

const files = readdirSync(from, { recursive: true }).filter((name) => /\.(ts|js)$/.test(name) && !name.endsWith(".d.ts"));

/** What refers to a module of ours refers to its CommonJS form. */
const inCommonJs = (text) => text.replace(/(["'])(\.{1,2}\/[^"']+)\.js\1/g, "$1$2.cjs$1");

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

rmSync(to, { recursive: true, force: true });
for (const name of files) {
  const text = readFileSync(join(from, name), "utf8");
  const stem = join(to, name.replace(/\.(ts|js)$/, ""));
  const build = (format) => transformSync(text, { loader: name.endsWith(".ts") ? "ts" : "js", format, target: "es2018" }).code;
  write(`${stem}.js`, build("esm"));
  write(`${stem}.cjs`, inCommonJs(build("cjs")));
}

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
execFileSync(process.execPath, [tsc, "--emitDeclarationOnly"], { cwd: root, stdio: "inherit" });
cpSync(join(from, "machine.d.ts"), join(to, "machine.d.ts"));
for (const name of readdirSync(to, { recursive: true }).filter((name) => name.endsWith(".d.ts"))) {
  const path = join(to, name);
  write(path.replace(/\.d\.ts$/, ".d.cts"), inCommonJs(readFileSync(path, "utf8")));
}
console.log(`${relative(process.cwd(), to) || "dist"}: ${files.length} modules`);
