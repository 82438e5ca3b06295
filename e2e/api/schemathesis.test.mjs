// schemathesis makes requests from /openapi.json, good ones and bad ones, and holds every answer against it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { APPLICATION, Jar, PYTHON, everything } from "./ground.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/**
 * The checks. Not among them: those that want 4xx for whatever does not fit, where NextAuth.js's answer is a redirect to a
 * page that says so, and 405 for a method that is none of an endpoint's, where it is 400.
 */
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];

/** Runs it as this browser; answers what it printed, and fails the test if it found anything. */
async function schemathesis(hallpass, jar, words) {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-schemathesis-"));
  const token = await jar.csrfToken();
  const { paths } = await (await fetch(`${hallpass.url}/openapi.json`)).json();
  const operations = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
  assert.ok(operations.includes("getProviderToken"), "what is not configured is not described, and not tried");
  const child = spawn(
    join(dirname(PYTHON), "schemathesis"),
    ["--config-file", join(HERE, "schemathesis.toml"), "run", `${hallpass.url}/openapi.json`, "--no-color"].concat(
      ["--header", `Cookie:${jar.header()}`, "--header", `Authorization:Bearer ${APPLICATION}`, "--checks", CHECKS.join(), "--phases", "coverage,fuzzing"],
      words,
    ),
    {
      cwd: folder,
      env: {
        ...process.env,
        PYTHONPATH: HERE,
        PYTHONDONTWRITEBYTECODE: "1",
        SCHEMATHESIS_HOOKS: "hooks",
        HALLPASS_CSRF_TOKEN: token,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  for (const pipe of [child.stdout, child.stderr]) pipe.on("data", (part) => (said += part));
  const [code] = await once(child, "close");
  rmSync(folder, { recursive: true, force: true });
  assert.equal(code, 0, said);
  const [, cases] = /Test cases:\s+(\d+) generated/.exec(said) ?? [];
  assert.ok(Number(cases) > 50, said);
  return said;
}

for (const [wire, examples] of [
  ["v4", "25"],
  ["v3", "10"],
  ["v5", "10"],
]) {
  test(`as nobody, under ${wire}, everything is answered as it is described`, () =>
    everything({ wire }, async (hallpass) => {
      const said = await schemathesis(hallpass, new Jar(hallpass.base), ["--max-examples", examples]);
      assert.match(said, /Operations:\s+(\d+) selected \/ \1 total/);
      assert.match(said, /Seed: 20261123/);
      const signedIn = hallpass.lines.some((line) => line.includes("signed in"));
      assert.ok(signedIn, "it got no further than the anti-forgery token");
    }));
}

// What succeeds in signing up or out would end the session, and the rest would be asked as nobody.
const ENDS_THE_SESSION = ["--exclude-operation-id", "signUp", "--exclude-operation-id", "signOut"];

for (const [wire, strategy] of [
  ["v4", "jwt"],
  ["v4", "database"],
  ["v3", "database"],
]) {
  test(`with a ${strategy} session, under ${wire}, everything is answered as it is described`, () =>
    everything({ wire, "session.strategy": strategy }, async (hallpass) => {
      const ada = await new Jar(hallpass.base).signUp();
      const cookies = new Map(ada.cookies);
      await schemathesis(hallpass, ada, ["--max-examples", "15", ...ENDS_THE_SESSION]);
      ada.cookies = cookies;
      const { user } = await (await ada.ask("/session")).json();
      assert.equal(user.name, "Ada Lovelace", "it was asked as Ada, to the end");
    }));
}
