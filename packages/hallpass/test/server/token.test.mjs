// getToken: what is in a token, and when it is refused.
import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { encode as encode4 } from "next-auth/jwt";
import { encode as encode5 } from "next-auth-5/jwt";
import { logged, server, withEnvironment } from "./built.mjs";
import { claims, paired, sealed, signed } from "./forge.mjs";
import { OVER, THEN, V3_SEALED, V3_SIGNED, V4, V5 } from "./vectors.mjs";

const { SetupError, getToken } = server;
const next3 = createRequire(import.meta.url)("next-auth-3/jwt");

const SECRET = "topsecret";
const COOKIE = "next-auth.session-token";

/** Opens a token in hallpass's cookie; nothing of it may reach the log. */
async function opened(token, options = {}) {
  const req = { headers: { cookie: `a=b; ${COOKIE}=${token}; c=d` } };
  const { value, lines } = await logged(() => getToken({ req, secret: SECRET, secureCookie: false, ...options }));
  assert.deepEqual(lines, []);
  return value;
}

/** The same token with one letter in the middle of a part changed. */
function altered(token, part) {
  const parts = token.split(".");
  const at = Math.floor(parts[part].length / 2);
  const letter = parts[part][at] === "A" ? "B" : "A";
  parts[part] = parts[part].slice(0, at) + letter + parts[part].slice(at + 1);
  return parts.join(".");
}

const clock = Date.now;

/** Sets the clock; without a time it is that of this machine. */
const at = (time) => {
  Date.now = time === undefined ? clock : () => time;
};

// next-auth 3 says once that it made its keys from the secret.
let warn;
before(() => {
  warn = console.warn;
  console.warn = () => {};
});
after(() => {
  console.warn = warn;
  at();
});

test("an altered token of any generation is refused, whichever part it is", async () => {
  at(THEN);
  const parts = { [V3_SIGNED]: [0, 1, 2], [V3_SEALED]: [0, 2, 3, 4], [V4]: [0, 2, 3, 4], [V5]: [0, 2, 3, 4] };
  for (const [token, indices] of Object.entries(parts)) {
    assert.equal((await opened(token)).sub, "7");
    for (const index of indices) assert.equal(await opened(altered(token, index)), null, `part ${index} of ${token}`);
    assert.equal(await opened(token.slice(0, -1)), null);
    assert.equal(await opened(`${token}A`), null);
    assert.equal(await opened(`${token}.`), null);
    assert.equal(await opened(`.${token}`), null);
  }
});

test("each letter of a token counts, down to the bits that base64url leaves over", async () => {
  at(THEN);
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const token of [V3_SIGNED, V4, V5]) {
    for (let index = token.length - 1; index > token.length - 24; index--) {
      if (token[index] === ".") continue;
      const next = letters[letters.indexOf(token[index]) ^ 1];
      assert.equal(await opened(token.slice(0, index) + next + token.slice(index + 1)), null, `letter ${index}`);
    }
  }
});

test("a token that another secret made is refused", async () => {
  at(THEN);
  for (const token of [V3_SIGNED, V3_SEALED, V4, V5]) {
    assert.equal(await opened(token, { secret: "topsecret2" }), null);
    assert.equal(await opened(token, { secret: ["x", "y"] }), null);
  }
});

test("a token counts until its exp to the second, and not from then on", async () => {
  for (const token of [V3_SIGNED, V3_SEALED, V4, V5]) {
    at(OVER - 1);
    assert.equal((await opened(token)).exp, 1798023123);
    at(OVER);
    assert.equal(await opened(token), null);
  }
});

test("no algorithm but the generation's own is accepted, however it is spelled", async () => {
  at(THEN);
  const content = claims();
  for (const alg of ["none", "None", "nOnE", "HS256", "HS384", "RS256", "hs512", "", null, ["HS512"], undefined]) {
    assert.equal(await opened(signed(content, { head: { alg } })), null, `alg ${alg}`);
    const [head, payload] = signed(content, { head: { alg } }).split(".");
    assert.equal(await opened(`${head}.${payload}.`), null, `alg ${alg} without a signature`);
  }
  const jwk = { kty: "oct", k: "AA" };
  for (const more of [{ crit: ["exp"] }, { b64: false }, { zip: "DEF" }, { jwk }, { typ: "at+jwt" }, { kid: 7 }]) {
    assert.equal(await opened(signed(content, { head: { alg: "HS512", ...more } })), null, JSON.stringify(more));
    assert.equal(await opened(sealed(content, { head: { alg: "dir", enc: "A256GCM", ...more } })), null, JSON.stringify(more));
    const head = { alg: "dir", enc: "A256CBC-HS512", ...more };
    assert.equal(await opened(paired(content, { head })), null, JSON.stringify(more));
  }
  for (const head of [
    { alg: "PBES2-HS512+A256KW", enc: "A256GCM", p2c: 1e9, p2s: "AA" },
    { alg: "A256KW", enc: "A256GCM" },
    { alg: "RSA-OAEP", enc: "A256GCM" },
    { alg: "dir", enc: "A128GCM" },
    { alg: "dir", enc: "A256CBC-HS512" },
    { alg: "dir" },
    { alg: "HS512" },
    "null",
    "[]",
    "not json",
  ]) {
    assert.equal(await opened(sealed(content, { head })), null, JSON.stringify(head));
  }
  // The control: with the right header these forgers are believed.
  for (const token of [signed(content), sealed(content), paired(content)]) assert.deepEqual(await opened(token), content);
});

test("a token with a key of its own inside is refused", async () => {
  at(THEN);
  const [head, , ...rest] = sealed(claims()).split(".");
  assert.equal(await opened([head, "AAAA", ...rest].join(".")), null);
});

test("the bytes of one generation under the header of another are refused", async () => {
  at(THEN);
  const head = (token) => token.split(".")[0];
  const swap = (from, to) => [head(to), ...from.split(".").slice(1)].join(".");
  for (const [from, to] of [[V4, V5], [V5, V4], [V4, V3_SEALED], [V3_SEALED, V4], [V3_SIGNED, V4], [V4, V3_SIGNED]]) {
    assert.equal(await opened(swap(from, to)), null);
  }
});

test("which generation a token is stands in its header, not in the cookie's name", async () => {
  at(THEN);
  for (const cookieName of [COOKIE, "__Secure-next-auth.session-token", "authjs.session-token", "my.session"]) {
    for (const token of [V3_SIGNED, V3_SEALED, V4, V5]) {
      const req = { headers: { cookie: `${cookieName}=${token}` } };
      assert.equal((await getToken({ req, secret: SECRET, cookieName })).sub, "7", `${cookieName} ${token}`);
    }
  }
});

test("a v5 token opens for the names of session cookies, and of the state's cookie never", async () => {
  at(THEN);
  for (const salt of ["authjs.session-token", "__Secure-authjs.session-token", COOKIE]) {
    assert.equal((await opened(paired(claims(), { salt }))).sub, "7");
  }
  for (const salt of ["authjs.state", "authjs.pkce.code_verifier", "authjs.nonce", ""]) {
    assert.equal(await opened(paired(claims(), { salt })), null, salt);
  }
  assert.equal((await opened(paired(claims(), { salt: "own" }), { salt: "own" })).sub, "7");
  assert.equal(await opened(paired(claims()), { salt: "own" }), null);
});

test("the name of a v5 key is believed only of the key it names", async () => {
  at(THEN);
  const { kid } = JSON.parse(Buffer.from(V5.split(".")[0], "base64url"));
  const token = (name) => paired(claims(), { head: { alg: "dir", enc: "A256CBC-HS512", kid: name } });
  assert.equal((await opened(token(kid))).sub, "7");
  assert.equal(await opened(token(`${kid}A`)), null);
  assert.equal(await opened(token("")), null);
});

test("claims without a subject, without times or not begun are no session", async () => {
  at(THEN);
  const now = THEN / 1000;
  const bad = [
    { sub: undefined },
    { sub: "" },
    { sub: 7 },
    { exp: undefined },
    { exp: "1e10" },
    { exp: now },
    { exp: null },
    { iat: undefined },
    { iat: "x" },
    { nbf: now + 1 },
    { nbf: "0" },
  ];
  for (const more of bad) {
    for (const make of [signed, sealed, paired]) assert.equal(await opened(make(claims(more))), null, JSON.stringify(more));
  }
  assert.equal((await opened(sealed(claims({ nbf: now })))).nbf, now);
  for (const content of [[], null, 7, "x"]) assert.equal(await opened(sealed(content)), null);
});

test("the verifier of a next-auth sign-in that has not happened is no session", async () => {
  at(THEN);
  const pkce = signed({ code_verifier: "v", iat: THEN / 1000, exp: THEN / 1000 + 900 });
  assert.equal(await opened(pkce), null);
  assert.equal(await opened(await encode4({ token: { value: "v" }, secret: SECRET, maxAge: 900 })), null);
});

/** Counts what comes out of the platform's decompression. */
function countInflated() {
  const Real = globalThis.DecompressionStream;
  const counted = { bytes: 0, end: () => (globalThis.DecompressionStream = Real) };
  globalThis.DecompressionStream = class {
    constructor(format) {
      const { readable, writable } = new Real(format);
      const count = (chunk, out) => {
        counted.bytes += chunk.byteLength;
        out.enqueue(chunk);
      };
      this.writable = writable;
      this.readable = readable.pipeThrough(new TransformStream({ transform: count }));
    }
  };
  return counted;
}

const zipped = (plain) => sealed(deflateRawSync(plain), { head: { alg: "dir", enc: "A256GCM", zip: "DEF" } });

test("a compressed token that would become too large is refused before it does", async () => {
  at(THEN);
  assert.equal((await opened(zipped(signed(claims())))).sub, "7");
  const large = signed(claims({ name: "x".repeat(100_000) }));
  assert.equal(await opened(zipped(large)), null);
  // 24 MB in a cookie of 32 kB.
  const bomb = zipped(Buffer.alloc(23 * 1024 * 1024));
  assert.ok(bomb.length < 32 * 1024);
  const inflated = countInflated();
  try {
    assert.equal(await opened(bomb), null);
    assert.ok(inflated.bytes > 64 * 1024 && inflated.bytes < 512 * 1024, `${inflated.bytes} bytes came out`);
  } finally {
    inflated.end();
  }
});

test("what is compressed has to be a signed token, and deflate", async () => {
  at(THEN);
  const head = { alg: "dir", enc: "A256GCM", zip: "DEF" };
  assert.equal(await opened(zipped(JSON.stringify(claims()))), null);
  assert.equal(await opened(zipped(sealed(claims()))), null);
  assert.equal(await opened(zipped(signed(claims(), { secret: "other" }))), null);
  assert.equal(await opened(sealed(Buffer.from(signed(claims())), { head })), null);
  assert.equal(await opened(sealed(Buffer.alloc(0), { head })), null);
});

test("anything else in the cookie is nobody", async () => {
  const long = [".".repeat(30_000), "x".repeat(40_000)];
  const odd = ["", ".", "..", "....", "a.b.c", "a.b.c.d.e", "null", "%", "%E0%A4%A", "ä", "🙂.🙂.🙂", ...long];
  for (const value of odd) assert.equal(await opened(value), null, value.slice(0, 20));
});

test("while a secret is replaced both open tokens, and afterwards only the newer", async () => {
  const both = ["newer", "older"];
  for (const make of [signed, sealed, paired]) {
    at(THEN);
    const [newer, older] = [make(claims(), { secret: "newer" }), make(claims(), { secret: "older" })];
    assert.equal((await opened(newer, { secret: both })).sub, "7");
    assert.equal((await opened(older, { secret: both })).sub, "7");
    assert.equal(await opened(older, { secret: ["newer"] }), null);
    assert.equal(await opened(older, { secret: "newer" }), null);
  }
});

test("without a secret the error says how to set it", async () => {
  const req = { headers: {} };
  for (const [variables, secret] of [[{}, undefined], [{ HALLPASS_SECRET: "" }, undefined], [{}, ""], [{}, []], [{}, [""]]]) {
    await withEnvironment(variables, () =>
      assert.rejects(getToken({ req, secret }), (error) => error instanceof SetupError && /HALLPASS_SECRET/.test(error.message)),
    );
  }
  await assert.rejects(getToken({ secret: SECRET }), /\{ req \}/);
  await assert.rejects(getToken(undefined), /\{ req \}/);
});

test("the secret is read from the environment, hallpass's own names first", async () => {
  at();
  const token = sealed(claims());
  const req = { headers: { cookie: `${COOKIE}=${token}` } };
  for (const variables of [
    { HALLPASS_SECRETS: "newer , topsecret", HALLPASS_SECRET: "x", NEXTAUTH_SECRET: "x", AUTH_SECRET: "x" },
    { HALLPASS_SECRET: SECRET, NEXTAUTH_SECRET: "x", AUTH_SECRET: "x" },
    { HALLPASS_SECRET: "", NEXTAUTH_SECRET: SECRET, AUTH_SECRET: "x" },
    { AUTH_SECRET: SECRET },
  ]) {
    assert.equal((await withEnvironment(variables, () => getToken({ req })))?.sub, "7", JSON.stringify(variables));
  }
});

test("what the real next-auth 3, 4 and Auth.js 5 write at this moment opens", async () => {
  at();
  const token = { name: "J Smith", email: "j@example.com", picture: null, sub: "7", role: "admin" };
  const salt = "__Secure-authjs.session-token";
  const written = {
    "3 signed": await next3.encode({ token, secret: SECRET }),
    "3 sealed": await next3.encode({ token, secret: SECRET, encryption: true }),
    4: await encode4({ token, secret: SECRET }),
    5: await encode5({ token, secret: SECRET, salt }),
    "5 with two secrets": await encode5({ token, secret: [SECRET, "older"], salt }),
  };
  for (const [generation, value] of Object.entries(written)) {
    const { iat, exp, jti, ...rest } = await opened(value);
    assert.deepEqual(rest, token, generation);
    assert.ok(exp - iat === 30 * 86_400 && (generation.startsWith("3") || jti), generation);
  }
  assert.equal(await opened(await encode4({ token, secret: SECRET, maxAge: -1 })), null);
  assert.equal(await opened(await encode4({ token, secret: SECRET, salt: "next-auth.state" })), null);
  assert.equal(await opened(await encode5({ token, secret: SECRET, salt, maxAge: -1 })), null);
});
