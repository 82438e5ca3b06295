/**
 * Turns the memory of a WebAssembly module, as Binaryen's text, into variables.
 *
 * The session machine is one static, and the compiler knows the address of each of its fields. So every load and store
 * has a constant address, and each address can be a global of its own: in JavaScript a plain variable, where
 * memory would be an array of 64 KiB with five views. Whatever does not fit this description fails the build.
 */

const LOAD = /\((i32|i64|f64)\.load(8_u|8_s)?(?: offset=(\d+))?(?: align=\d+)?\s+\(i32\.const (\d+)\)\s*\)/g;
const STORE = /\((i32|i64|f64)\.store(8|16)?(?: offset=(\d+))?(?: align=\d+)?\s+\(i32\.const (\d+)\)/g;
const CONSTANT = /^\s*\((i32|i64|f64)\.const ([^\s()]+)\)\s*\)/;

/** What an access covers, from its text. */
function accessed([, type, narrow, offset, base]) {
  const size = narrow ? Number.parseInt(narrow, 10) / 8 : type === "i32" ? 4 : 8;
  return { at: Number(offset ?? 0) + Number(base), size };
}

/** The variables: each address with its size, smallest access first, since constants are stored several at once. */
function layout(text) {
  const sizes = new Map();
  const note = ({ at, size }) => sizes.set(at, Math.min(size, sizes.get(at) ?? size));
  for (const load of text.matchAll(LOAD)) note(accessed(load));
  for (const store of text.matchAll(STORE)) {
    if (!CONSTANT.test(text.slice(store.index + store[0].length))) note(accessed(store));
  }
  let end = 0;
  for (const [at, size] of [...sizes].sort(([one], [other]) => one - other)) {
    if (at < end) throw new Error(`Accesses of different sizes overlap at ${at}.`);
    end = at + size;
  }
  return sizes;
}

/** The bytes of a constant. */
function bytes(type, size, word) {
  const view = new DataView(new ArrayBuffer(8));
  if (type === "f64") view.setFloat64(0, word === "inf" ? Infinity : word === "-inf" ? -Infinity : Number(word), true);
  else view.setBigUint64(0, BigInt.asUintN(size * 8, BigInt(word)), true);
  return view;
}

/** `global.set` of every variable in the place where a constant is stored. */
function setConstant(sizes, { at, size }, view) {
  let code = "";
  for (let place = at; place < at + size; place += 1) {
    const wide = sizes.get(place);
    if (!wide) continue;
    if (place + wide > at + size) throw new Error(`A constant is stored into half of ${place}.`);
    const from = place - at;
    const value = wide === 8
      ? `f64.const ${String(view.getFloat64(from, true)).replace("Infinity", "inf")}`
      : `i32.const ${wide === 4 ? view.getInt32(from, true) : view.getUint8(from)}`;
    code += `(global.set $at${place} (${value}))\n`;
  }
  return code || "(nop)";
}

function storesReplaced(text, sizes) {
  let code = "";
  let end = 0;
  for (const store of text.matchAll(STORE)) {
    const place = accessed(store);
    const after = store.index + store[0].length;
    const constant = CONSTANT.exec(text.slice(after));
    code += text.slice(end, store.index);
    end = after;
    if (constant) {
      code += setConstant(sizes, place, bytes(constant[1], place.size, constant[2]));
      end += constant[0].length;
    } else {
      code += `(global.set $at${place.at}`;
    }
  }
  return code + text.slice(end);
}

/** The module without memory. */
export function memoryToVariables(text) {
  const sizes = layout(text);
  const loaded = text.replace(LOAD, (...match) => `(global.get $at${accessed(match).at})`);
  // A byte is a `bool` of Rust's, which is 0 or 1.
  const bits = loaded.replace(/\(i32\.and\s+\(global\.get \$at(\d+)\)\s+\(i32\.const (?:1|255)\)\s*\)/g, (all, at) =>
    sizes.get(Number(at)) === 1 ? `(global.get $at${at})` : all);
  const stored = storesReplaced(bits, sizes);
  const left = /\((?:i32|i64|f64|f32)\.(?:load|store)[^\n]*|\(data [^\n]*|\(i64[^\n]*/.exec(stored);
  if (left) throw new Error(`This is no access to a variable: ${left[0]}`);
  const globals = [...sizes].map(([at, size]) => {
    const type = size === 8 ? "f64" : "i32";
    return `(global $at${at} (mut ${type}) (${type}.const 0))\n`;
  });
  return stored.replace(/\n \(memory [^\n]*\n/, `\n${globals.join("")}`);
}
