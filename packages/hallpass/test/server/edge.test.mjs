// The server's functions where there is nothing but the Web: no process, no Buffer, no module of Node's.
import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { script } from "./built.mjs";
import { claims, paired, sealed, signed } from "./forge.mjs";
import { SESSION, startOrigin } from "./origin.mjs";

const WEB = [
  "AbortSignal",
  "DecompressionStream",
  "Headers",
  "Request",
  "Response",
  "TextDecoder",
  "TextEncoder",
  "URL",
  "console",
  "crypto",
  "fetch",
];

/** A realm with these and what the language has. */
async function edge(without = []) {
  const names = WEB.filter((name) => !without.includes(name));
  const realm = vm.createContext(Object.fromEntries(names.map((name) => [name, globalThis[name]])));
  vm.runInContext(`${await script()}\nglobalThis.server = server;`, realm);
  return realm.server;
}

test("an edge runtime without WebCrypto is told what it lacks", async () => {
  const { getToken } = await edge(["crypto"]);
  const req = { headers: { cookie: `next-auth.session-token=${sealed(claims())}` } };
  await assert.rejects(getToken({ req, secret: "topsecret" }), /no WebCrypto/);
  assert.equal(await getToken({ req: { headers: {} }, secret: "topsecret" }), null);
});

test("without an environment the secret is asked for", async () => {
  const { getToken } = await edge();
  await assert.rejects(getToken({ req: { headers: {} } }), /HALLPASS_SECRET/);
});

test("sessions and tokens are read with the Web's own means", async () => {
  const { getSession, getToken } = await edge();
  const origin = await startOrigin();
  try {
    for (const make of [signed, sealed, paired]) {
      const request = new Request("http://localhost/", { headers: { cookie: `next-auth.session-token=${make(claims())}` } });
      assert.equal((await getToken({ req: request, secret: "topsecret" })).sub, "7");
      assert.equal(JSON.stringify(await getSession(request, { url: origin.url })), JSON.stringify(SESSION));
    }
  } finally {
    await origin.close();
  }
});

test("headers that also have getAll, as some runtimes' do, are headers", async () => {
  const { readSession } = await edge();
  const origin = await startOrigin();
  try {
    const headers = new Headers({ cookie: `next-auth.session-token=${sealed(claims())}` });
    headers.getAll = () => [];
    assert.equal((await readSession({ headers }, { url: origin.url })).status, "authenticated");
    // What `cookies()` of next/headers gives has no `append`.
    const cookies = { get: () => undefined, getAll: () => [] };
    assert.equal((await readSession({ headers: cookies }, { url: origin.url })).status, "unknown");
  } finally {
    await origin.close();
  }
});
