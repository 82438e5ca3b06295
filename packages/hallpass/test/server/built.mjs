// The entry `hallpass/server`, built as a bundler for an edge runtime builds it: anything of Node's would not resolve.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

async function bundled(format) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../src/server.ts", import.meta.url))],
    bundle: true,
    write: false,
    format,
    globalName: "server",
    platform: "neutral",
    target: "es2022",
  });
  return outputFiles[0].text;
}

/** The module, in this runtime. */
export const server = await import(`data:text/javascript;base64,${Buffer.from(await bundled("esm")).toString("base64")}`);

/** A script that makes the global `server`. */
export const script = () => bundled("iife");

/** Runs with these variables in the place of all that the server looks at. */
export async function withEnvironment(variables, run) {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) {
    if (/^(HALLPASS|NEXTAUTH|AUTH|VERCEL)_/.test(name)) delete process.env[name];
  }
  Object.assign(process.env, variables);
  try {
    return await run();
  } finally {
    process.env = before;
  }
}

/** What `run` writes to the console, and what it gives. */
export async function logged(run) {
  const lines = [];
  const before = { ...console };
  for (const level of ["debug", "log", "info", "warn", "error"]) console[level] = (...words) => lines.push(words.join(" "));
  try {
    return { value: await run(), lines };
  } finally {
    Object.assign(console, before);
  }
}
