// Builds dist/: the entries as ESM and as CommonJS over chunks that they share, with types for both. Names are kept; who
// bundles an application minifies it.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transformSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const ENTRIES = ["client", "react", "session", "server", "reading", "reading.page"];

/** What refers to a file of ours refers to its CommonJS form. */
const inCommonJs = (text) => text.replace(/(["'])(\.{1,2}\/[^"']+)\.js\1/g, "$1$2.cjs$1");

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
await build({
  entryPoints: ENTRIES.map((name) => join(root, "src", `${name}.ts`)),
  outdir: dist,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2020",
  external: ["react", "#reading"],
  logLevel: "warning",
});
for (const name of readdirSync(dist)) {
  // A chunk that is loaded for its effects has none, and bundlers say so.
  const code = readFileSync(join(dist, name), "utf8").replace(/^import "\.\/[^"]+";\n/gm, "");
  writeFileSync(join(dist, name), code);
  writeFileSync(join(dist, name.replace(/\.js$/, ".cjs")), inCommonJs(transformSync(code, { format: "cjs" }).code));
}

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
execFileSync(process.execPath, [tsc, "--emitDeclarationOnly"], { cwd: root, stdio: "inherit" });
for (const name of readdirSync(dist, { recursive: true }).filter((name) => name.endsWith(".d.ts"))) {
  const path = join(dist, name);
  writeFileSync(path.replace(/\.d\.ts$/, ".d.cts"), inCommonJs(readFileSync(path, "utf8")));
}
for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) copyFileSync(join(root, "../..", name), join(dist, name));
console.log(`dist: ${ENTRIES.join(", ")}`);
