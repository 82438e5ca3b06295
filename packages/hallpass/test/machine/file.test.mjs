// What the generated file may not contain, and what it does when it is loaded.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { transformSync } from "esbuild";

const FILE = new URL("../../src/machine.js", import.meta.url);
const text = readFileSync(FILE, "utf8");

test("nothing in it needs an exception of a Content-Security-Policy", () => {
  for (const word of [/\beval\b/, /\bFunction\b/, /\bWebAssembly\b/]) assert.doesNotMatch(text, word);
});

test("it needs no other module and nothing of the place where it runs", () => {
  assert.doesNotMatch(text, /\b(?:import|require|process|window|document|globalThis|self|Buffer)\b/);
});

test("it is written in the language of 2018 or before", () => {
  const minified = (target) => transformSync(text, { minify: true, format: "esm", target }).code;
  assert.equal(minified("es2018"), minified("esnext"));
});

test("a server that only imports it pays for nothing: there is no memory to make", () => {
  assert.doesNotMatch(text, /\b(?:ArrayBuffer|\w+Array|atob)\b/);
});
