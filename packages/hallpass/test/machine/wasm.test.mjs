// The machine as JavaScript against the WebAssembly that it was made of, number for number.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { compile } from "../../build/machine.mjs";
import * as machine from "../../src/machine.js";

const STEPS = 200_000;
const HOSTILE = [
  NaN, Infinity, -Infinity, -1, -0, 0, 0.5, 1, 5e-324, 2 ** 31, 2 ** 52, 2 ** 53, 1e10, 2e10, 1e300, -1e300,
];
/** Variables of the JavaScript; functions of the WebAssembly. */
const VARIABLES = ["wake", "request", "stamp", "span", "version"];
const WALL = 1_700_000_000_000;

const { instance } = await WebAssembly.instantiate(readFileSync(compile()));
const wasm = instance.exports;

/** A small generator of numbers from 0 to 1, so that a failure can be repeated. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
}

const pick = (roll, list) => list[Math.floor(roll() * list.length)];

/** A moment or a span: mostly what a shell or another tab would say, sometimes what none would. */
function number(roll, now) {
  const near = now + Math.round((roll() - 0.5) * 4_000);
  return pick(roll, [near, near, machine.request, machine.stamp, roll() * 100_000, pick(roll, HOSTILE)]);
}

function input(roll, now) {
  const kind = roll() < 0.4 ? pick(roll, [3, 4, 10, 10, 10, 19]) : Math.floor(roll() * 23) - 1;
  const bits = roll() < 0.02 ? (roll() * 2 ** 32) | 0 : Math.floor(roll() * 64);
  const version = roll() < 0.02 ? (roll() * 2 ** 32) | 0 : Math.floor(roll() * 4) - 1;
  const request = (kind === 3 || kind === 4) && roll() < 0.8;
  return [kind, bits, version, request ? machine.request : number(roll, now), number(roll, 60_000), now];
}

function later(roll, now) {
  if (roll() < 0.005) return now + (roll() - 0.5) * 2e8;
  return now + pick(roll, [0, 1, 40, 300, 1_000, 5_000, machine.wake < 1e6 ? machine.wake : 0]);
}

test(`${STEPS} steps of any kind give the same as the WebAssembly`, () => {
  const roll = chance(20_261_123);
  const seen = new Set();
  let now = WALL;
  for (let step = 0; step < STEPS; step += 1) {
    if (step % 400 === 0) {
      now = roll() < 0.9 ? WALL : pick(roll, HOSTILE);
      const seed = (roll() * 2 ** 32) | 0;
      machine.start(seed, now);
      wasm.start(seed, now);
      now = WALL;
    }
    now = later(roll, now);
    const given = input(roll, now);
    if (roll() < 0.005) given[5] = pick(roll, HOSTILE);
    const [ours, theirs] = [machine.handle(...given), wasm.handle(...given)];
    const say = () => `step ${step}: handle(${given.join(", ")})`;
    assert.ok(Object.is(ours, theirs), `${say()} gives ${ours} and not ${theirs}`);
    for (const name of VARIABLES) {
      const pair = [machine[name], wasm[name]()];
      assert.ok(Object.is(...pair), `${say()}, then ${name} is ${pair.join(" and not ")}`);
    }
    for (let bit = 0; bit < 16; bit += 1) if (ours & (1 << bit)) seen.add(bit);
  }
  assert.deepEqual([...seen].sort((one, other) => one - other), [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15]);
});

test("the tables of sign-in and sign-out give the same, also for numbers that mean nothing", () => {
  for (let one = -2; one < 8; one += 1) {
    assert.equal(machine.sign_in_start(one), wasm.sign_in_start(one));
    for (let two = -2; two < 8; two += 1) {
      for (let three = -1; three < 3; three += 1) {
        assert.equal(machine.sign_in_after(one, two, three), wasm.sign_in_after(one, two, three));
        assert.equal(machine.sign_out_then(one, two, three), wasm.sign_out_then(one, two, three));
      }
    }
  }
});
