// Builds the pages of these tests: one source, with each library and each React in turn.
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const E2E = fileURLToPath(new URL("..", import.meta.url));
// What `npm run build` has made there; elsewhere, while somebody else is building.
const PACKAGE = process.env.HALLPASS_PACKAGE ?? fileURLToPath(new URL("../../packages/hallpass", import.meta.url));
// What `cargo xtask test --step rust` has made there.
export const RUST = process.env.HALLPASS_WASM ?? fileURLToPath(new URL("../../target/wasm", import.meta.url));
const ours = (entry) => `${PACKAGE}/dist/${entry}.js`;

/** What a page can be built with: where its functions come from, and by which names a page finds them. */
const LIBRARIES = {
  "hallpass/client": { functions: ours("client"), names: "client" },
  "hallpass/react": { functions: ours("react"), names: "react" },
  "hallpass/session": { functions: ours("session"), names: "session" },
  "hallpass-browser": { functions: `${RUST}/page.js`, names: "session" },
  "hallpass-dioxus": { functions: `${RUST}/dioxus.js`, names: "session" },
  "hallpass-leptos": { functions: `${RUST}/leptos.js`, names: "session" },
  "hallpass-leptos_islands": { functions: `${RUST}/leptos_islands.js`, names: "session" },
  "hallpass-yew": { functions: `${RUST}/yew.js`, names: "session" },
  "next-auth-3": { functions: "next-auth-3/client", names: "client" },
  "next-auth-4": { functions: "next-auth/react", names: "react" },
  "next-auth-5": { functions: "next-auth-5/react", names: "react" },
};

const REACTS = {
  17: { react: "react-17", "react-dom": "react-dom-17" },
  18: { react: "react-18", "react-dom": "react-dom-18" },
  // By its path: the package has a React of its own for its builds, and a page must not have two.
  19: { react: `${E2E}node_modules/react`, "react-dom": `${E2E}node_modules/react-dom` },
};

async function text(entry, alias, options = {}) {
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: E2E,
    nodePaths: [`${E2E}node_modules`],
    bundle: true,
    write: false,
    format: "iife",
    jsx: "transform",
    target: "es2020",
    logLevel: "error",
    alias,
    // Warnings of React are part of what is looked at.
    define: { "process.env.NODE_ENV": '"development"', ...(options.platform ? {} : { "process.env": "{}" }) },
    ...options,
  });
  return result.outputFiles[0].text;
}

const built = new Map();
const once = (key, make) => built.get(key) ?? built.set(key, make()).get(key);

function aliases(library, react) {
  const { functions, names } = LIBRARIES[library];
  const dom = `${HERE}pages/dom-${react === 17 ? 17 : 18}.js`;
  return { functions, library: `${HERE}pages/library-${names}.js`, dom, ...REACTS[react] };
}

/** The pages without a framework. */
const PLAIN = {
  "hallpass/session": "plain",
  "hallpass-browser": "rust",
  "hallpass-dioxus": "rust",
  "hallpass-leptos": "rust",
  "hallpass-leptos_islands": "islands",
  "hallpass-yew": "rust",
};

/** What a page in Rust loads beside its script. */
export const wasm = (name) => readFile(`${RUST}/${name}`);

/** The script of the page that a test steers. */
export const script = (library, react = 19) =>
  once(`${library} ${react}`, () =>
    PLAIN[library]
      ? text(`${HERE}pages/${PLAIN[library]}.js`, { functions: LIBRARIES[library].functions })
      : text(`${HERE}pages/page.jsx`, aliases(library, react)),
  );

/** The app that was written for next-auth 3.29, with the library that it imports as `next-auth/client`. */
export const app = (library) =>
  once(`app ${library}`, () =>
    text(`${HERE}pages/app.jsx`, { "next-auth/client": LIBRARIES[library].functions, ...REACTS[17] }),
  );

/** What the server's side of a framework in Rust writes, by the program beside its page. */
const renderedInRust = (library) => ({ session }) => {
  const words = session === undefined ? [] : [JSON.stringify(session)];
  return JSON.parse(execFileSync(`${RUST}/${library.slice("hallpass-".length)}_rendered`, words));
};

/** Renders the page's components as a server does: a function from what to mount to the HTML of `head` and `body`. */
export const renderer = (library, react) =>
  once(`server ${library} ${react}`, async () => {
    if (["rust", "islands"].includes(PLAIN[library])) return renderedInRust(library);
    const code = await text(`${HERE}pages/server.jsx`, aliases(library, react), { platform: "node", format: "cjs" });
    const module = { exports: {} };
    new Function("require", "module", "exports", code)(createRequire(import.meta.url), module, module.exports);
    return (plan) => ({ head: "", body: module.exports.render(plan) });
  });
