// The session machine compiled to WebAssembly says what it says natively and as JavaScript.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { RUST } from "../client/bundle.mjs";

const FOLDER = new URL("../../transcripts/session/", import.meta.url);
const machine = await import(pathToFileURL(`${RUST}/transcripts.js`));
machine.initSync({ module: readFileSync(`${RUST}/transcripts_bg.wasm`) });

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
const transcripts = files.map((name) => [name, JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"))]);
const played = transcripts.filter(([, { steps }]) => steps);
assert.ok(played.length >= 8, `only ${played.length} transcripts`);

for (const [name, transcript] of played) {
  test(name, () => {
    const { steps } = JSON.parse(machine.played(JSON.stringify(transcript)));
    assert.ok(steps.length > 0);
    assert.deepEqual(steps, transcript.steps);
  });
}
