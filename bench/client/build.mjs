// Bundles for browsers, as people ship them: for production, minified.
import { gzipSync } from "node:zlib";
import { build } from "../../e2e/node_modules/esbuild/lib/main.js";
import { E2E } from "./libraries.mjs";

const REACTS = {
  17: { react: "react-17", "react-dom": "react-dom-17", dom: `${E2E}client/pages/dom-17.js` },
  // By its path: our package has a React of its own for its builds, and a page must not have two.
  19: {
    react: `${E2E}node_modules/react`,
    "react-dom": `${E2E}node_modules/react-dom`,
    dom: `${E2E}client/pages/dom-18.js`,
  },
};

const PRODUCTION = { "process.env.NODE_ENV": '"production"' };

async function bundle(options) {
  const result = await build({
    absWorkingDir: E2E,
    nodePaths: [`${E2E}node_modules`],
    bundle: true,
    minify: true,
    write: false,
    target: "es2020",
    logLevel: "error",
    ...options,
  });
  return result.outputFiles[0].contents;
}

/** The script of the page that is measured: the components of e2e/client/pages with this library. */
export async function script({ functions, page, react }) {
  const bytes = await bundle({
    entryPoints: [`${E2E}client/pages/page.jsx`],
    format: "iife",
    jsx: "transform",
    alias: { functions, library: page, ...REACTS[react] },
    define: { ...PRODUCTION, "process.env": "{}" },
  });
  return Buffer.from(bytes).toString("utf8");
}

/** What the library adds to a page, as `packages/hallpass/build/size.mjs` takes it: minified, and gzip at its best. */
export async function sizeOf({ entry }) {
  const bytes = await bundle({
    stdin: { contents: entry, resolveDir: E2E },
    format: "esm",
    external: ["react"],
    define: PRODUCTION,
  });
  return { minified: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}
