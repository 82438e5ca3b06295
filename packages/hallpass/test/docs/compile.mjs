// Compiles code blocks with the package's real types, those of React and Next.js, and the strict rules of a new app.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./pages.mjs";

const PACKAGE = join(ROOT, "packages/hallpass");
const NEXT = join(ROOT, "examples/nextjs-app/node_modules");

/** What a block may import. */
const MODULES = {
  hallpass: PACKAGE,
  react: join(PACKAGE, "node_modules/react"),
  "@types/react": join(PACKAGE, "node_modules/@types/react"),
  next: join(NEXT, "next"),
  "@types/node": join(NEXT, "@types/node"),
};

const USUAL = {
  target: "es2022",
  module: "esnext",
  moduleResolution: "bundler",
  lib: ["es2022", "dom", "dom.iterable"],
  jsx: "react-jsx",
  types: ["node"],
  allowJs: true,
  checkJs: true,
  noEmit: true,
  skipLibCheck: true,
};

/** TypeScript as an app has it; JavaScript without the types that it does not write. */
const RULES = {
  strict: { strict: true, noUncheckedIndexedAccess: true, isolatedModules: true },
  loose: { strict: false },
};

const isTyped = ({ language }) => language === "ts" || language === "tsx";

/** A folder with the modules of an app; the caller removes it. */
function folder() {
  const root = mkdtempSync(join(tmpdir(), "hallpass-docs-"));
  mkdirSync(join(root, "node_modules/@types"), { recursive: true });
  for (const [name, target] of Object.entries(MODULES)) {
    if (!existsSync(target)) {
      throw new Error(`${name} is missing: run \`npm ci\` in packages/hallpass and in examples/nextjs-app`);
    }
    symlinkSync(target, join(root, "node_modules", name));
  }
  if (!existsSync(join(PACKAGE, "dist/client.d.ts"))) throw new Error("run `npm run build` in packages/hallpass");
  return root;
}

async function tsc(config) {
  const compiler = join(PACKAGE, "node_modules/typescript/bin/tsc");
  const words = [compiler, "-p", config, "--pretty", "false"];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (text) => (said += text));
  const [code] = await once(child, "close");
  return { code, said };
}

/** Where a block lies: the file that it names, or one of its own. */
const place = ({ file, line, language }) => file ?? `block-at-line-${line}.${language}`;

/**
 * Compiles blocks as one app, and answers with what the compiler has to say, line by line; `[]` if all is well. The
 * numbers in it count from the block's first line.
 */
export async function compile(blocks) {
  const root = folder();
  try {
    const said = [];
    for (const block of blocks) {
      const path = join(root, place(block));
      if (existsSync(path)) throw new Error(`${block.document}: two blocks are ${place(block)}`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, block.code);
    }
    for (const [name, rules] of Object.entries(RULES)) {
      const files = blocks.filter((block) => isTyped(block) === (name === "strict")).map(place);
      if (files.length === 0) continue;
      const config = join(root, `tsconfig.${name}.json`);
      writeFileSync(config, JSON.stringify({ compilerOptions: { ...USUAL, ...rules }, files }));
      const answer = await tsc(config);
      // A line that is indented goes on with the one before.
      const lines = answer.said.split(/\n(?! )/).filter(Boolean);
      if (answer.code !== 0 && lines.length === 0) throw new Error(`tsc ended with ${answer.code} and without a word`);
      said.push(...lines);
    }
    return said;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
