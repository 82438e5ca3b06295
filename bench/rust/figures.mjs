// The figures as Markdown: the last section of bench/FIGURES.md.
import { counted, grouped, machine, table } from "../tables.mjs";
import { median } from "../client/limits.mjs";

/** Where the section begins; it goes on to the end of the page. */
const HEAD = "# A page in Rust\n";

/** What a crate may add to an application, in bytes. */
const AIM = 40_000;

/** The page with this section in place of the one that it has. */
export function withSection(page, section) {
  const begin = page.indexOf(`\n${HEAD}`);
  return `${(begin < 0 ? page : page.slice(0, begin)).trimEnd()}\n\n${section}`;
}

/** The median, with the lowest and the highest. */
function millis(loads, name) {
  const times = loads.map((load) => Math.round(load[name])).sort((one, other) => one - other);
  return `${Math.round(median(times))} ms (${times[0]}–${times.at(-1)})`;
}

const bytes = (number) => `${grouped(number)} B`;

function loadsOf(examples) {
  const row = ({ name, what, rendered, loads }) => [
    `\`${name}\``,
    what,
    rendered ? "the server" : "the browser",
    millis(loads, "shown"),
    millis(loads, "taken"),
    counted(loads, "requests"),
    bytes(Math.max(...loads.map(({ weight }) => weight))),
  ];
  const head = ["Page", "Made with", "Rendered by", "Session shown", "Taken over", "Requests to `/api/auth`", "Scripts and wasm, gzip"];
  return table(head, examples.map(row));
}

/** `aim`: whether the aim is held against these. */
function weightsOf(crates, aim) {
  const row = ({ name, page, ...weights }) => {
    const added = weights.with.wasm - weights.without.wasm;
    return [
      `\`${name}\``,
      `\`${page}\`: ${bytes(weights.with.wasm)}`,
      bytes(weights.without.wasm),
      bytes(added),
      bytes(weights.with.glue - weights.without.glue),
      ...(aim ? [added <= AIM ? "met" : "MISSED"] : []),
    ];
  };
  const head = ["Crate", "wasm of the page with it", "…without it", "Adds, wasm", "Adds, JavaScript", ...(aim ? [`Aim: ≤ ${bytes(AIM)} of wasm`] : [])];
  return table(head, crates.map(row));
}

/** The section: the tables, and how they were measured. */
export function sectionOf({ examples, crates, inExamples, missing }, { chromium, rounds, before, after }) {
  const left = missing.length ? `\nNot there to be measured: ${missing.join(", ")}.\n` : "";
  return `${HEAD}
Written by \`cargo xtask bench rust\` on ${new Date().toISOString().slice(0, 10)}. Machine: ${machine()},
load ${before} before the loads and ${after} after them. Chromium ${chromium}, headless.
${left}
From the start of the navigation to the first page, Ada being signed in: median of ${rounds}, with the lowest and the highest.

${loadsOf(examples)}

What each crate adds to its example, gzip: the aim is held against this.

${weightsOf(inExamples, true)}

What each crate adds to the smallest page that greets whoever is signed in and lets them in and out, gzip. Little of what the crate needs of
its framework, of formatting and of JSON is in such a page without it.

${weightsOf(crates, false)}

## How a page in Rust was measured

- **Examples** are those of this repository as their tests start them: the JavaScript ones as built for production, behind Vite's preview
  and Next.js's own server, beside the hallpass binary; those in Rust with hallpass within. Servers in Rust are debug builds, all of them;
  the pages are built with the profile \`page\`, as \`cdylib\` alone: beside \`rlib\` cargo leaves LTO out. All run on this machine at once, and answer without delay.
- **The smallest pages** (\`hello\` and its like) are those that are weighed below, before \`wasm-opt\`, rendered in the browser: all four behind
  one server, which hands \`/api/auth\` on to the hallpass binary. They show what a page in Rust asks that no server has rendered: the session, once.
- **A load** has a browser context of its own, so nothing is cached, with Ada's cookies in it. One example after the other, another first
  in each round; the first load of each is left out.
- **Session shown** is when the header, or the smallest page, has her name, by \`performance.now()\` in an observer of the document. **Taken over** is when the
  page says so (Rust, after hydration), or React has put its mark on the name, looked for every 4 ms.
- **Scripts and wasm** are the bodies that the page loaded, gzip at level 9; the servers send them as they are. Those in Rust are not
  optimised by Binaryen here.
- **The examples without the crate** are copies in which it has the same names and does nothing (\`bench/rust/without\`): they show the same
  pages, to nobody.
- **What a crate adds** is weighed as \`e2e/rust/weigh.mjs\` does it: \`opt-level = "z"\`, fat LTO, one codegen unit, \`panic = "abort"\`, bound by
  wasm-bindgen without names, \`wasm-opt -Oz\`, the JavaScript minified by esbuild, gzip at level 9. The page of \`hallpass-browser\`
  stands on no framework: without the crate it has no formatting and no JSON, which every application of a framework has, so that share counts there.

It does not measure other browsers, real networks, or first visits by people who are not signed in.
`;
}
