// Every code block of the documents about the package holds what it promises, and none is passed over.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compile } from "./compile.mjs";
import { DOCUMENTS, ROOT, read } from "./pages.mjs";

const HALLPASS = process.env.HALLPASS_BIN ?? join(ROOT, "target/debug/hallpass");
const PACKAGE = join(ROOT, "packages/hallpass");
const manifest = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
const documents = DOCUMENTS.map(read);

const COMPILED = ["ts", "tsx", "js", "jsx"];
const blocks = (...languages) =>
  documents.flatMap((document) => document.blocks.filter(({ language }) => languages.includes(language)));
const at = ({ document, line }) => `${document}:${line}`;

/** Runs hallpass with nothing in its environment but this. */
const hallpass = (words, environment = {}, cwd = tmpdir()) =>
  spawnSync(HALLPASS, words, { cwd, env: environment, encoding: "utf8" });

/** The settings' variables, as hallpass prints them. */
const variables = new Set(hallpass(["check", "--keys"]).stdout.match(/\b[A-Z]+_[A-Z_<>]+/g));

/** Those that the package reads. */
const environment = readFileSync(join(PACKAGE, "src/server/environment.ts"), "utf8");

const isVariable = (name) =>
  variables.has(name) ||
  new RegExp(`process\\.env\\.${name}\\b`).test(environment) ||
  [...variables]
    .filter((known) => known.includes("<ID>"))
    .some((known) => new RegExp(`^${known.replace("<ID>", "[A-Z]+")}$`).test(name));

const CHECKED = [...COMPILED, "diff", "sh", "toml", "json", "http"];

test("every block is in a language that is checked here", () => {
  for (const block of documents.flatMap((document) => document.blocks)) {
    assert.ok(CHECKED.includes(block.language), `${at(block)}: nothing checks "${block.language}"`);
  }
  for (const { document, blocks } of documents) {
    assert.ok(blocks.length > 0, `${document} has no block: are they still found?`);
  }
});

test("an import of a name that does not exist is noticed, and so is a property that is none", async () => {
  const right = 'import { useSession } from "hallpass/client";\nexport default useSession;\n';
  const wrong = [
    ['import { useSessions } from "hallpass/client";\nuseSessions();\n', /useSessions/],
    ['import { signIn } from "hallpass/clients";\nsignIn();\n', /hallpass\/clients/],
    ['import { useSession } from "hallpass/react";\nexport const who = () => useSession().session;\n', /'session'/],
  ];
  const all = [[right], ...wrong].map(([code], line) => ({ document: "a test", line, code }));
  for (const language of ["tsx", "jsx"]) {
    const said = await compile(all.map((block) => ({ ...block, language })));
    assert.equal(said.length, wrong.length, said.join("\n"));
    wrong.forEach(([, about], at) => assert.match(said[at], about));
  }
});

test("a declaration of fields of one's own is needed for them", async () => {
  const [block] = blocks("tsx").filter(({ code }) => code.includes("declare module"));
  assert.ok(block, "no block declares any");
  const said = await compile([{ ...block, code: block.code.replace(/^declare module[^]*?\n}\n/m, "") }]);
  assert.match(said.join("\n"), /'role' does not exist/);
});

for (const { document, blocks } of documents) {
  const code = blocks.filter(({ language }) => COMPILED.includes(language));
  const apart = code.filter(({ code }) => code.includes("declare module"));

  test(`the code in ${document} compiles`, async () => {
    const said = await compile(code.filter((block) => !apart.includes(block)));
    assert.deepEqual(said, []);
  });

  // Alone, for what they declare counts everywhere.
  for (const block of apart) {
    test(`the declaration at ${at(block)} compiles`, async () => assert.deepEqual(await compile([block]), []));
  }
}

/** One side of a diff. */
const side = (code, drop) =>
  code
    .split("\n")
    .filter((line) => !line.startsWith(drop))
    .map((line) => line.slice(1))
    .join("\n");

/** The packages that people come from, as they are installed here. */
const OLD = { "next-auth/client": "next-auth-3/client", "next-auth/next": "next-auth/next" };

test("what a diff adds compiles, and what it takes away was there", async () => {
  const diffs = blocks("diff");
  assert.ok(diffs.length > 0);
  const added = diffs.map((block) => ({ ...block, language: "jsx", code: side(block.code, "-") }));
  assert.deepEqual(await compile(added), []);
  for (const block of diffs) {
    const [, names, from] = /^import \{ (.*) \} from "(.*)";$/m.exec(side(block.code, "+"));
    const old = await import(OLD[from] ?? from);
    for (const name of names.split(", ")) {
      assert.ok(name in old || name in old.default, `${at(block)}: ${from} has no ${name}`);
    }
  }
});

test("every import in a block is one that the built package really has", async () => {
  for (const block of blocks(...COMPILED, "diff")) {
    const text = block.language === "diff" ? side(block.code, "-") : block.code;
    const imports = text.matchAll(/^import \{ ([^}]*) \} from "(hallpass\/\w+)";/gm);
    for (const [, names, entry] of imports) {
      const module = await import(entry);
      for (const name of names.split(", ").filter((name) => !name.startsWith("type "))) {
        assert.ok(name in module, `${at(block)}: ${entry} has no ${name}`);
      }
    }
  }
});

test("hallpass accepts every configuration", () => {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-docs-"));
  try {
    assert.ok(blocks("toml").length > 0);
    for (const block of blocks("toml")) {
      writeFileSync(join(folder, "hallpass.toml"), block.code);
      const secrets = {
        HALLPASS_SECRET: "a-docs-test-secret-that-is-long-enough-1c07",
        ...(block.code.includes("[providers.google]") && { AUTH_GOOGLE_SECRET: "secret" }),
        // A part of a configuration is a part of this one.
        ...(!/^url = "https:\/\/app/m.test(block.code) && {
          HALLPASS_URL: "https://app.example.com",
          HALLPASS_PASSWORD_ENABLED: "true",
        }),
      };
      const { status, stdout, stderr } = hallpass(["check"], secrets, folder);
      assert.equal(status, 0, `${at(block)}:\n${stdout}${stderr}`);
      writeFileSync(join(folder, "hallpass.toml"), `${block.code}\nnonsense = 1\n`);
      assert.equal(hallpass(["check"], secrets, folder).status, 2, "a wrong one is not noticed");
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("every json block is json", () => {
  for (const block of blocks("json")) assert.doesNotThrow(() => JSON.parse(block.code), at(block));
});

test("every header in an http block can be sent", () => {
  for (const block of blocks("http")) {
    for (const line of block.code.trim().split("\n")) {
      const [, name, value] = /^([\w-]+): (.+)$/.exec(line) ?? assert.fail(`${at(block)}: ${line}`);
      assert.equal(new Headers([[name, value]]).get(name), value);
    }
  }
});

/** What a command of a shell block is held to. */
const COMMANDS = {
  cd: () => {},
  export: (words) => {
    for (const word of words) assert.ok(isVariable(word.split("=")[0]), `nobody reads ${word}`);
  },
  npm: ([verb, ...words], where) => {
    if (verb === "install") {
      const packed = `${manifest.name}-${manifest.version}.tgz`;
      assert.ok([manifest.name, packed].includes(words.at(-1).split("/").at(-1)), `${words} is not this package`);
    } else if (verb === "run") assert.ok(words[0] in manifest.scripts, `there is no script ${words[0]}`);
    else assert.ok(["ci", "pack"].includes(verb), `${where}: npm ${verb}`);
  },
  cargo: (words, where) => {
    const at = words.indexOf("--path");
    const crate = new URL(`../../../../${words[at + 1]}/Cargo.toml`, import.meta.url);
    assert.ok(words[0] === "install" && at > 0 && existsSync(crate), `${where}: cargo ${words.join(" ")}`);
  },
  hallpass: (words, where) => {
    // Its own parser judges: with --help it does nothing else.
    const { status, stderr } = hallpass([...words, "--help"]);
    assert.equal(status, 0, `${where}: ${stderr}`);
    for (const flag of words.filter((word) => word.startsWith("--"))) {
      assert.ok(hallpass([words[0], "--help"]).stdout.includes(flag), `${where}: there is no ${flag}`);
    }
  },
};

test("every command in a shell block exists", () => {
  assert.ok(blocks("sh").length > 0);
  for (const block of blocks("sh")) {
    execFileSync("bash", ["-n"], { input: block.code });
    const lines = block.code.split(/\n|&&/).map((line) => line.trim().replace(/\s+#.*$/, ""));
    const commands = lines.filter(Boolean);
    for (const command of commands) {
      const [program, ...words] = command.match(/(?:"[^"]*"|[^\s"])+/g);
      assert.ok(program in COMMANDS, `${at(block)}: nothing checks \`${program}\``);
      COMMANDS[program](words, at(block));
    }
  }
});

test("the package that is packed has its README, its entries and their types", () => {
  const options = { cwd: PACKAGE, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
  const [{ files }] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], options));
  const packed = new Set(files.map(({ path }) => path));
  const entries = JSON.stringify(manifest.exports).match(/dist\/[^"]+/g);
  const wanted = ["README.md", ...entries];
  assert.ok(wanted.length > 10, "the entries are not found");
  assert.deepEqual(wanted.filter((path) => !packed.has(path)), []);
});

test("every entry, file of the examples and variable that the text names exists", () => {
  for (const { document, words, prose } of documents) {
    for (const word of words) {
      const [, entry] = /^hallpass(\/\w+)$/.exec(word) ?? [];
      if (entry) assert.ok(`.${entry}` in manifest.exports, `${document}: ${word}`);
      if (/^examples\/[\w-]+$/.test(word)) assert.ok(existsSync(ROOT + word), `${document}: ${word}`);
      if (/^[A-Z]+(_[A-Z]+)+$/.test(word)) assert.ok(isVariable(word), `${document}: nobody reads ${word}`);
    }
    for (const [, file, example] of prose.matchAll(/`([\w./-]+)` of\s+`(examples\/[\w-]+)`/g)) {
      assert.ok(existsSync(join(ROOT, example, file)), `${document}: ${example} has no ${file}`);
    }
  }
});

test("every link inside the repository leads somewhere", () => {
  const ours = "https://github.com/hallpass-rs/hallpass";
  for (const { document, folder, links, headings } of documents) {
    for (const link of links) {
      const [path, fragment] = link.replace(`${ours}/blob/main/`, "/").split("#");
      if (path.startsWith("https://")) {
        assert.ok(path === ours, `${document}: ${link} leads elsewhere`);
        continue;
      }
      const file = path.startsWith("/") ? path.slice(1) : join(folder, path);
      if (path) assert.ok(existsSync(ROOT + file), `${document}: ${link}`);
      const there = path ? fragment && read(file).headings : headings;
      if (fragment) assert.ok(there.includes(fragment), `${document}: ${link}`);
    }
  }
});

test("every message that is explained is one that the package writes", () => {
  const written = readdirSync(join(PACKAGE, "dist"))
    .filter((name) => name.endsWith(".js"))
    .map((name) => readFileSync(join(PACKAGE, "dist", name), "utf8"))
    .join("\n");
  const [guide] = documents;
  const explained = guide.prose.split("## Messages and what to do")[1].split("\n## ")[0];
  const rows = explained.split("\n").filter((line) => line.startsWith("| `"));
  const messages = rows.map((line) => line.split(" | ")[0]);
  assert.ok(messages.length >= 8, "the tables are not found");
  for (const [, message] of messages.join("\n").matchAll(/`([^`]+)`/g)) {
    assert.ok(written.includes(message), `nothing says "${message}"`);
  }
});

test("the table of options has every option and the defaults that count", () => {
  const shapes = readFileSync(join(PACKAGE, "src/shapes.ts"), "utf8");
  const [, declared] = /export interface ClientOptions \{([^]*?)\n\}/.exec(shapes);
  const options = [...declared.matchAll(/^ {2}(\w+)\?/gm)].map(([, name]) => name);
  const [{ prose }] = documents;
  const rows = new Map();
  for (const [, name, unit, value] of prose.matchAll(/^\| `(\w+)` \| ([^|]*)\| ([^|]*)\|/gm)) {
    rows.set(name, { unit, value });
  }
  assert.ok(options.length >= 7, "the options are not found");
  for (const option of options) assert.ok(rows.has(option), `${option} is not explained`);
  const store = readFileSync(join(PACKAGE, "src/store.ts"), "utf8");
  const defaults = [...store.matchAll(/options\.(\w+) \?\? (\w+)/g)];
  assert.ok(defaults.length > 0, "the defaults are not found");
  for (const [, name, value] of defaults) {
    assert.ok(rows.get(name).value.startsWith(value), `${name} is ${value} by default`);
    assert.equal(rows.get(name).unit.trim(), "seconds");
  }
});
