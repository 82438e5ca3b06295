// The transcripts that the Rust tests play, played against the machine as JavaScript.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

import * as machine from "../../src/machine.js";
import { Shell } from "./border.mjs";

const FOLDER = new URL("../../../../transcripts/session/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

test("there are transcripts", () => assert.ok(files.length >= 18, `only ${files.length}`));

for (const name of files.filter((name) => name !== "navigation.json")) {
  const transcript = read(name);
  test(`${name}: ${transcript.about}`, () => {
    const shell = new Shell(machine, transcript);
    for (const { at, input, outputs } of transcript.steps) {
      assert.deepEqual(shell.handle(input, at), outputs, `at ${at}, ${JSON.stringify(input)}`);
    }
  });
}

const APIS = { V3: 3, V4: 4, V5: 5 };
const WAYS = { OAuth: 0, Email: 1, Credentials: 2 };
const LOOKUPS = { Unreachable: 0, Unknown: 1, "Listed(OAuth)": 2, "Listed(Email)": 3, "Listed(Credentials)": 4 };
const STARTS = ["ErrorPage", "SignInPage", "PostToSignIn", "PostToCallback"];
const ANSWERS = { SignedOut: 0, Unconfirmed: 1, Lost: 2 };
const NEXT = ["Tell", "Replace", "Assign", "Fail"];
const yes = (word) => Number(word === "Yes");

const tables = {
  signInStart: ([lookup, then]) => [STARTS[machine.sign_in_start(LOOKUPS[lookup])], then],
  signInAfter: ([api, way, redirect, then]) =>
    [NEXT[machine.sign_in_after(APIS[api], WAYS[way], yes(redirect))], then],
  signOutThen: ([api, answer, redirect, then]) =>
    [NEXT[machine.sign_out_then(APIS[api], ANSWERS[answer], yes(redirect))], then],
};

for (const [name, answer] of Object.entries(tables)) {
  test(`every row of the table ${name} is answered as it says`, () => {
    const rows = read("navigation.json")[name];
    assert.ok(rows.length >= 5);
    for (const row of rows) {
      const [given, written] = answer(row);
      assert.equal(given, written, row.join(", "));
    }
  });
}
