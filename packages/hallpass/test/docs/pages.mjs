// The documents about the package, taken apart: code blocks, links, headings, code between words.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** Where the documents are, from the root. */
export const DOCUMENTS = [
  "book/react-and-nextjs.md",
  "book/migrating-from-next-auth.md",
  "book/callbacks.md",
  "book/provider-tokens.md",
  "packages/hallpass/README.md",
];

/** What a heading is called in a link. */
const anchor = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

/** A fenced block: its language, its lines, where it begins. Indented ones, as in lists, lose the indentation. */
function taken(lines, at, document) {
  const [, indent, fence, language] = /^(\s*)(`{3,})(.*)$/.exec(lines[at]);
  const end = lines.findIndex((line, number) => number > at && line.trim() === fence);
  if (end < 0) throw new Error(`${document}:${at + 1}: the block is not closed`);
  const code = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
  const [, file] = /^\/\/ file: (\S+)$/.exec(code[0] ?? "") ?? [];
  return { document, line: at + 1, language: language.trim(), code: `${code.join("\n")}\n`, file, end };
}

/** Reads a document. */
export function read(document) {
  const lines = readFileSync(ROOT + document, "utf8").split("\n");
  const blocks = [];
  const prose = [];
  for (let at = 0; at < lines.length; at += 1) {
    if (/^\s*```/.test(lines[at])) {
      blocks.push(taken(lines, at, document));
      at = blocks.at(-1).end;
    } else prose.push({ line: at + 1, text: lines[at] });
  }
  const all = prose.map(({ text }) => text).join("\n");
  return {
    document,
    folder: dirname(document),
    blocks,
    headings: prose.flatMap(({ text }) => /^#+ (.*)$/.exec(text)?.[1] ?? []).map(anchor),
    links: [...all.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target),
    /** What stands in backticks. */
    words: [...all.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word),
    prose: all,
  };
}
