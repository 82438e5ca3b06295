// The programs of book/apis.md that it says are run here, as they stand there.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../browser/processes.mjs";
import { ADA, Jar, PYTHON, makeKeys, serve } from "./ground.mjs";

const PAGE = readFileSync(new URL("../../book/apis.md", import.meta.url), "utf8");
const MODULES = fileURLToPath(new URL("../node_modules", import.meta.url));

/** The block that begins with the name of this file. */
function program(file) {
  const [, code] = new RegExp(`\`\`\`\\w+\\n((?://|#) file: ${file}\\n[^]*?)\`\`\``).exec(PAGE) ?? [];
  assert.ok(code, `book/apis.md has no ${file}`);
  return code;
}

/** Starts it in a folder of its own and waits until it answers. */
async function start(interpreter, file, site) {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-book-"));
  symlinkSync(MODULES, join(folder, "node_modules"));
  writeFileSync(join(folder, file), program(file));
  const port = await freePort();
  const env = { ...process.env, SITE: site, PORT: String(port) };
  const child = spawn(interpreter, [file], { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (part) => (said += part));
  const url = `http://127.0.0.1:${port}/`;
  while (!(await fetch(url).catch(() => undefined))) {
    assert.equal(child.exitCode, null, said);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    ask: (token) => fetch(url, { headers: { authorization: `Bearer ${token}` } }),
    nobody: () => fetch(url),
    async close() {
      child.kill();
      await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

for (const [interpreter, file] of [
  [process.execPath, "api.mjs"],
  [PYTHON, "api.py"],
]) {
  for (const algorithm of ["es256", "eddsa"]) {
    test(`the API in ${file} takes a token of ${algorithm} and nothing else`, async () => {
      const keys = makeKeys({ "a.pem": algorithm, "b.pem": algorithm });
      const hallpass = await serve({ "signing.keys": [keys["a.pem"]] });
      const other = await serve({ "signing.keys": [keys["b.pem"]] });
      const api = await start(interpreter, file, hallpass.url);
      try {
        const ada = await new Jar(hallpass.base).signUp();
        const token = await ada.token();
        const answer = await api.ask(token);
        assert.equal(answer.status, 200);
        assert.equal((await answer.json()).email, ADA.email);
        const [header, claims, signature] = token.split(".");
        const unsigned = Buffer.from('{"alg":"none","typ":"hallpass+jwt"}').toString("base64url");
        for (const wrong of [
          "",
          "x",
          `${unsigned}.${claims}.`,
          `${header}.${claims}.${signature.slice(0, -4)}AAAA`,
          ada.cookies.get("next-auth.session-token"),
          await (await new Jar(other.base).signUp()).token(),
        ]) {
          assert.equal((await api.ask(wrong)).status, 401, wrong);
        }
        assert.equal((await api.nobody()).status, 401);
      } finally {
        await api.close();
        await hallpass.close();
        await other.close();
        keys.remove();
      }
    });
  }
}
