/**
 * Makes a small ES module of what `wasm2js` writes, which is a function with a prelude for memory, for standard
 * functions and for the coercion of arguments.
 */

/** The part between two lines, without them. */
function between(text, first, last) {
  const start = text.indexOf(first);
  const end = text.indexOf(last, start);
  if (start < 0 || end < 0) throw new Error(`wasm2js wrote no ${JSON.stringify(first)} … ${JSON.stringify(last)}.`);
  return [text.slice(start + first.length, end), text.slice(end + last.length)];
}

/**
 * An ES module that exports what the WebAssembly module does. Its functions take the numbers that they say they take:
 * an integer of 32 bits or a float, which the caller's types see to.
 */
export function toModule(script) {
  const [body, rest] = between(script, "function asmFunc(imports) {\n", "\n return {\n");
  const [exported] = between(`${rest}`, "", "};");
  // What a module exports is seen as it is at the moment: a function that only returns a variable can be the variable.
  const variables = new Map();
  const returning = /^ function (\$\d+)\(\) \{\n {2}return \+?(global\$\d+);\n \}$/gm;
  const functions = body.replace(returning, (_, local, variable) => {
    variables.set(local, variable);
    return "";
  });
  const names = [...exported.matchAll(/"(\w+)": (\$\d+)/g)].map(
    ([, name, local]) => `${variables.get(local) ?? local} as ${name}`,
  );
  const code = functions
    .replace(/^ var Math_\w+ = Math\.\w+;\n/gm, "")
    .replace(/\bMath_(\w+)/g, "Math.$1")
    // `start` sets every variable, so none needs a value before.
    .replace(/^ var (global\$\d+) = 0(?:\.0)?;$/gm, " var $1;")
    // The coercion of arguments.
    .replace(/^ {2}(\$\w+) = (?:\1 \| 0|\+\1);$/gm, "")
    // Comparing an integer of 32 bits needs no coercion, nor does the result of a function.
    .replace(/\((\$\w+|global\$\d+) \| 0\) (==|!=)/g, "$1 $2")
    .replace(/\+(\$\d+\()/g, "$1");
  return `${code}\nexport { ${names.join(", ")} };\n`;
}
