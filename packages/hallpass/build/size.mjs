// How many bytes the client adds to a page: what is imported, bundled for browsers and minified by esbuild with React left
// out, gzip at its best. Fails over the limit.
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** In bytes, gzip. */
const ENTRIES = [
  { name: "client", names: "{ Provider, useSession, signIn, signOut }", limit: 5500 },
  { name: "client", names: "*", limit: 5600 },
  { name: "react", names: "{ SessionProvider, useSession, signIn, signOut }", limit: 5800 },
  { name: "session", names: "{ subscribe, getSnapshot, signIn, signOut }", limit: 5300 },
];

async function bundle(contents) {
  const result = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2020",
    external: ["react"],
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return result.outputFiles[0].contents;
}

let over = 0;
for (const { name, names, limit } of ENTRIES) {
  const bytes = await bundle(`export ${names} from "./dist/${name}.js";`);
  const gzip = gzipSync(bytes, { level: 9 }).length;
  const brotli = brotliCompressSync(bytes).length;
  const said = gzip > limit ? `over its limit of ${limit}` : `limit ${limit}`;
  console.log(`hallpass/${name} ${names}: ${gzip} B gzip (${brotli} B brotli, ${bytes.length} B minified), ${said}`);
  if (gzip > limit) over += 1;
}
const machine = gzipSync(await bundle('export * from "./src/machine.js";'), { level: 9 }).length;
console.log(`of which the machine: ${machine} B gzip`);
process.exitCode = over ? 1 : 0;
