// A signed token, verified as an API in another language does: with jose, with PyJWT, and by hand with OpenSSL.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPublicKey, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { freePort } from "../browser/processes.mjs";
import { ADA, Jar, PYTHON, makeKeys, serve } from "./ground.mjs";

const keySet = ({ base }) => createRemoteJWKSet(new URL(`${base}/jwks`));
const expected = ({ url, base }) => ({
  issuer: base,
  audience: url,
  typ: "hallpass+jwt",
  algorithms: ["ES256", "EdDSA"],
});

/** What PyJWT says of a token; the arguments are its issuer, its audience and the token. */
const PY_JWT = `
import sys, jwt
issuer, audience, token = sys.argv[1:]
key = jwt.PyJWKClient(issuer + "/jwks").get_signing_key_from_jwt(token)
print(jwt.decode(token, key, algorithms=["ES256", "EdDSA"], issuer=issuer, audience=audience,
                 options={"require": ["exp", "iat", "iss", "aud", "sub"]})["email"])
`;

for (const algorithm of ["es256", "eddsa"]) {
  test(`a token of ${algorithm} is verified with jose, with PyJWT and with OpenSSL`, async () => {
    const keys = makeKeys({ "a.pem": algorithm });
    const hallpass = await serve({ "signing.keys": [keys["a.pem"]] });
    try {
      const ada = await new Jar(hallpass.base).signUp();
      const token = await ada.token();
      const { payload } = await jwtVerify(token, keySet(hallpass), expected(hallpass));
      assert.equal(payload.email, ADA.email);
      assert.equal(payload.exp - payload.iat, 300);
      const python = execFileSync(PYTHON, ["-c", PY_JWT, hallpass.base, hallpass.url, token], { encoding: "utf8" });
      assert.equal(python.trim(), ADA.email);
      await signatureHolds(token, hallpass.base);
      const forged = `${token.slice(0, -6)}AAAAAA`;
      await assert.rejects(jwtVerify(forged, keySet(hallpass), expected(hallpass)), errors.JWSSignatureVerificationFailed);
      assert.throws(() => execFileSync(PYTHON, ["-c", PY_JWT, hallpass.base, hallpass.url, forged], { stdio: "pipe" }));
      const elsewhere = { ...expected(hallpass), audience: "https://other.example" };
      await assert.rejects(jwtVerify(token, keySet(hallpass), elsewhere), errors.JWTClaimValidationFailed);
      const pem = execFileSync("grep", ["-v", "^-", keys["a.pem"]], { encoding: "utf8" }).split("\n")[0];
      assert.ok(!hallpass.lines.some((line) => line.includes(token) || line.includes(pem)), "the log holds a secret");
    } finally {
      await hallpass.close();
      keys.remove();
    }
  });
}

/** The command `openssl` verifies Ed25519; ECDSA's two numbers would have to be wrapped first, which Node's OpenSSL does. */
async function signatureHolds(token, base) {
  const { kid, alg } = decodeProtectedHeader(token);
  const { keys } = await (await fetch(`${base}/.well-known/jwks.json`)).json();
  const jwk = keys.find((key) => key.kid === kid);
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const at = token.lastIndexOf(".");
  const signed = Buffer.from(token.slice(0, at));
  const signature = Buffer.from(token.slice(at + 1), "base64url");
  if (alg === "ES256") {
    assert.ok(verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, signature));
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "hallpass-openssl-"));
  const file = (name, content) => (writeFileSync(join(folder, name), content), join(folder, name));
  const words = ["-pubin", "-inkey", file("key", key.export({ type: "spki", format: "pem" })), "-rawin"];
  const data = ["-in", file("signed", signed), "-sigfile", file("signature", signature)];
  const said = execFileSync("openssl", ["pkeyutl", "-verify", ...words, ...data], { encoding: "utf8" });
  assert.match(said, /Verified Successfully/);
  rmSync(folder, { recursive: true });
}

test("a key is changed without refusing anybody, and a key that was dropped verifies nothing", async () => {
  const keys = makeKeys({ "old.pem": "es256", "new.pem": "eddsa" });
  const [old, fresh] = [keys["old.pem"], keys["new.pem"]];
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "hallpass-rotation-"));
  const start = (list) => serve({ "signing.keys": list, database: `sqlite:${join(folder, "hallpass.db")}` }, port);
  const verified = (hallpass, token) => jwtVerify(token, keySet(hallpass), expected(hallpass));
  let hallpass = await start([old]);
  try {
    const ada = await new Jar(hallpass.base).signUp();
    const first = await ada.token();
    // An API that asked for the keys at the beginning, and keeps them.
    const early = keySet(hallpass);
    await jwtVerify(first, early, expected(hallpass));
    const { kid: oldId } = decodeProtectedHeader(first);

    await hallpass.close();
    hallpass = await start([old, fresh]);
    const second = await ada.token();
    assert.equal(decodeProtectedHeader(second).kid, oldId, "the new key is known before it signs");
    await jwtVerify(second, early, expected(hallpass));
    // Another, which asks now: it knows both keys from here on.
    const later = keySet(hallpass);
    await jwtVerify(second, later, expected(hallpass));

    await hallpass.close();
    hallpass = await start([fresh, old]);
    const third = await ada.token();
    assert.notEqual(decodeProtectedHeader(third).kid, oldId);
    for (const token of [first, second, third]) {
      await jwtVerify(token, later, expected(hallpass));
      await verified(hallpass, token);
    }

    await hallpass.close();
    hallpass = await start([fresh]);
    await verified(hallpass, third);
    await verified(hallpass, await ada.token());
    for (const token of [first, second]) await assert.rejects(verified(hallpass, token), errors.JWKSNoMatchingKey);
  } finally {
    await hallpass.close();
    keys.remove();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the session's cookie and the signed token do not stand in for each other", async () => {
  const keys = makeKeys({ "a.pem": "es256" });
  const hallpass = await serve({ "signing.keys": [keys["a.pem"]] });
  try {
    const ada = await new Jar(hallpass.base).signUp();
    const name = "next-auth.session-token";
    await assert.rejects(jwtVerify(ada.cookies.get(name), keySet(hallpass), expected(hallpass)), errors.JOSEError);
    const thief = new Jar(hallpass.base);
    thief.cookies.set(name, await ada.token());
    assert.deepEqual(await (await thief.ask("/session")).json(), {});
    assert.equal((await thief.ask("/token")).status, 401);
    const nobody = await new Jar(hallpass.base).ask("/token");
    assert.equal(nobody.status, 401);
    assert.deepEqual(await nobody.json(), { message: "Sign in first." });
    assert.match(nobody.headers.get("cache-control"), /private.*no-store/);
  } finally {
    await hallpass.close();
    keys.remove();
  }
});
