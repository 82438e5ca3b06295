// Every way in which the scripted provider of liar.mjs departs from the truth, by name: the OpenID Foundation's test
// id where there is one, else the number of the attack case.
//
// `expect` is what a sound relying party does:
//   "accept"   sign-in succeeds
//   "refuse"   sign-in fails after the token request at the latest
//   "early"    sign-in fails and the token endpoint is never asked
//   "start"    sign-in does not even reach the provider's login page
//   "kind"     depends on the kind of provider it is taken for: callback/kinds.rs
// The hooks, all optional: metadata(m, issuer) · keys(publicKeys) · redirect(params, issuer) · claims(c) ·
// header(h) · seal({head, body, keys, client}) · token(answer) · userinfo(u) · answer(endpoint, response) which
// takes over a whole endpoint and says true. `claims` may give a string: raw JSON that no serializer would write.
import { createHmac, sign } from "node:crypto";

const b64 = (bytes) => Buffer.from(bytes).toString("base64url");
const claims = (change) => ({ expect: "refuse", claims: (c) => ({ ...c, ...change(c) }) });
const without = (name) => ({
  expect: "refuse",
  claims: (c) => Object.fromEntries(Object.entries(c).filter(([key]) => key !== name)),
});
const rawClaim = (name, raw) => ({
  expect: "refuse",
  claims: (c) => JSON.stringify({ ...c, [name]: "@@" }).replace('"@@"', raw),
});
const unsigned = (alg) => ({
  expect: "refuse",
  header: () => (alg === undefined ? { typ: "JWT" } : { alg, typ: "JWT" }),
  seal: ({ head, body }) => `${head}.${body}.`,
});
const signature = (change) => ({
  expect: "refuse",
  seal: ({ head, body, keys }) => {
    const sig = sign("sha256", Buffer.from(`${head}.${body}`), keys.rsa.privateKey);
    return `${head}.${body}.${change(sig)}`;
  },
});
const symmetric = (secretOf) => ({
  expect: "refuse",
  header: (h) => ({ ...h, alg: "HS256" }),
  seal: ({ head, body, keys, client }) =>
    `${head}.${body}.${createHmac("sha256", secretOf(keys, client)).update(`${head}.${body}`).digest("base64url")}`,
});
const elliptic = (change) => ({
  expect: "refuse",
  header: (h) => ({ ...h, alg: "ES256", kid: "ec" }),
  metadata: (m) => ({ ...m, id_token_signing_alg_values_supported: ["ES256"] }),
  seal: ({ head, body, keys }) => {
    const data = Buffer.from(`${head}.${body}`);
    const sig = sign("sha256", data, { key: keys.ec.privateKey, dsaEncoding: "ieee-p1363" });
    return `${head}.${body}.${b64(change(sig, data, keys))}`;
  },
});
const redirect = (change) => ({ expect: "early", redirect: change });
const takeOver = (endpoint, expect, take) => ({
  expect,
  answer: (asked, response, context) => asked === endpoint && (take(response, context), true),
});
const answerWith = (endpoint, expect, status, type, body) =>
  takeOver(endpoint, expect, (response) => {
    response.writeHead(status, { "content-type": type });
    response.end(body);
  });
const now = () => Math.floor(Date.now() / 1000);
const megabytes = (n) => Buffer.alloc(n << 20, "a");

/** Tokens are of one tenant; `tidOf` says what they say of it. */
function shared(tidOf) {
  const tenant = "9122040d-6c67-4c5b-b112-36a304b66dad";
  const own = (issuer) => issuer.replace(/[^/]+$/, tenant);
  return {
    expect: "kind",
    metadata: (m) => ({ ...m, issuer: m.issuer.replace(/[^/]+$/, "{tenantid}") }),
    redirect: (p) => ({ ...p, iss: own(p.iss) }),
    claims: (c) => ({ ...c, iss: own(c.iss), tid: tidOf(tenant) }),
  };
}

export const LIES = {
  // The truth, told in several ways.
  "oidcc-client-test": { expect: "accept" },
  // Honest too, and each asked by one test alone, which counts how often.
  "kept-for-a16": { expect: "accept" },
  "kept-for-a19": { expect: "accept" },
  "kept-for-a19-too": { expect: "accept" },
  // What a provider does that posts its answers and takes a signed secret: callback/kinds.rs.
  "posts-and-wants-a-signed-secret": {
    expect: "kind",
    signedFor: "https://appleid.apple.com",
    posted: { user: JSON.stringify({ name: { firstName: "Jane", lastName: "Appleseed" }, email: "mallory@liar.example" }) },
    claims: ({ name: _name, ...c }) => ({ ...c, email_verified: "true" }),
  },
  // An issuer of many tenants, which stands at the path of that name, and one that mixes them up.
  common: shared((tenant) => tenant),
  organizations: shared(() => "11112222-bbbb-3333-cccc-4444dddd5555"),
  // As honest as the clocks are alike: asked with several allowances, in callback/skew.rs.
  "kept-for-skew-ahead-20": { expect: "accept", claims: (c) => ({ ...c, iat: c.iat + 20 }) },
  "kept-for-skew-ahead-50": { expect: "accept", claims: (c) => ({ ...c, iat: c.iat + 50 }) },
  "kept-for-skew-ahead-90": { expect: "accept", claims: (c) => ({ ...c, iat: c.iat + 90 }) },
  "kept-for-skew-behind-20": { expect: "accept", claims: (c) => ({ ...c, exp: c.iat - 20 }) },
  "kept-for-skew-behind-70": { expect: "accept", claims: (c) => ({ ...c, exp: c.iat - 70 }) },
  "oidcc-client-test-idtoken-sig-rs256": { expect: "accept" },
  "oidcc-client-test-idtoken-sig-es256": { ...elliptic((sig) => sig), expect: "accept" },
  "oidcc-client-test-kid-absent-single-jwks": {
    expect: "accept",
    header: (h) => ({ alg: h.alg }),
    keys: (all) => all.filter((k) => k.kty === "RSA"),
  },
  "oidcc-client-test-scope-userinfo-claims": {
    expect: "accept",
    claims: ({ email: _email, name: _name, ...rest }) => rest,
  },
  "oidcc-client-test-client-secret-basic": { expect: "accept", basicOnly: true },
  "oidcc-client-test-signing-key-rotation-just-before-signing": { expect: "accept", rotateBeforeSigning: true },
  "iss-parameter-not-promised": {
    expect: "accept",
    metadata: ({ authorization_response_iss_parameter_supported: _promise, ...rest }) => rest,
    redirect: ({ iss: _iss, ...rest }) => rest,
  },
  "audience-is-an-array-of-us": { expect: "accept", claims: (c) => ({ ...c, aud: [c.aud] }) },

  // A10, A23, A37: metadata.
  "a10-authorization-endpoint-javascript": {
    expect: "start",
    metadata: (m) => ({ ...m, authorization_endpoint: "javascript:alert(1)" }),
  },
  "a10-authorization-endpoint-data": {
    expect: "start",
    metadata: (m) => ({ ...m, authorization_endpoint: "data:text/html,x" }),
  },
  "a23-pkce-plain-only": { expect: "start", metadata: (m) => ({ ...m, code_challenge_methods_supported: ["plain"] }) },
  "oidcc-client-test-discovery-issuer-mismatch": {
    expect: "start",
    metadata: (m, issuer) => ({ ...m, issuer: `${issuer}/other` }),
  },
  "a37-discovery-html": answerWith("discovery", "start", 200, "text/html", "<!doctype html><p>hello"),
  "a37-discovery-redirects": takeOver("discovery", "start", (response, { issuer }) => {
    response.writeHead(302, { location: issuer.replace("a37-discovery-redirects", "oidcc-client-test") });
    response.end();
  }),
  "a37-discovery-huge": answerWith("discovery", "start", 200, "application/json", megabytes(8)),
  "a37-discovery-deep": answerWith("discovery", "start", 200, "application/json", "[".repeat(200_000)),

  // A21: nonce.
  "oidcc-client-test-nonce-invalid": claims(() => ({ nonce: "another" })),
  "a21-nonce-absent": without("nonce"),
  "a21-nonce-empty": claims(() => ({ nonce: "" })),
  "a21-nonce-array": claims((c) => ({ nonce: [c.nonce] })),
  "a21-nonce-other-case": claims((c) => ({ nonce: c.nonce.toUpperCase() === c.nonce ? c.nonce.toLowerCase() : c.nonce.toUpperCase() })),

  // A24: the `iss` parameter of RFC 9207.
  "a24-iss-wrong": redirect((p) => ({ ...p, iss: "https://honest.example" })),
  "a24-iss-slash": redirect((p) => ({ ...p, iss: `${p.iss}/` })),
  "a24-iss-case": redirect((p) => ({ ...p, iss: p.iss.toUpperCase() })),
  "a24-iss-port": redirect((p) => ({ ...p, iss: p.iss.replace(/:\d+/, ":1") })),
  "a24-iss-empty": redirect((p) => ({ ...p, iss: "" })),
  "a24-iss-twice": redirect((p) => ({ ...p, iss: [p.iss, p.iss] })),
  "a24-iss-missing-though-promised": redirect(({ iss: _iss, ...rest }) => rest),
  "a24-iss-wrong-on-an-error": redirect((p) => ({ state: p.state, error: "access_denied", iss: "https://honest.example" })),

  // A28, A29: algorithms.
  "oidcc-client-test-idtoken-sig-none": unsigned("none"),
  "a28-alg-title-case": unsigned("None"),
  "a28-alg-upper-case": unsigned("NONE"),
  "a28-alg-mixed-case": unsigned("nOnE"),
  "a28-alg-missing": unsigned(undefined),
  "a28-alg-empty": unsigned(""),
  "a29-hs256-with-the-public-pem": symmetric((keys) => keys.rsa.publicKey.export({ type: "spki", format: "pem" })),
  "a29-hs256-with-the-public-der": symmetric((keys) => keys.rsa.publicKey.export({ type: "spki", format: "der" })),
  "a29-hs256-with-the-public-modulus": symmetric((keys) => keys.rsa.publicKey.export({ format: "jwk" }).n),
  "oidcc-client-test-invalid-sig-hs256": symmetric((_keys, client) => client.secret),
  "a29-rs256-named-es256": {
    expect: "refuse",
    header: (h) => ({ ...h, alg: "ES256" }),
    seal: ({ head, body, keys }) =>
      `${head}.${body}.${b64(sign("sha256", Buffer.from(`${head}.${body}`), keys.rsa.privateKey))}`,
  },

  // A30: signatures.
  "oidcc-client-test-invalid-sig-rs256": signature((sig) => b64(flip(sig, sig.length - 1))),
  "a30-first-bit": signature((sig) => b64(flip(sig, 0))),
  "a30-middle-bit": signature((sig) => b64(flip(sig, sig.length >> 1))),
  "a30-empty": signature(() => ""),
  "a30-truncated": signature((sig) => b64(sig.subarray(0, sig.length - 1))),
  "a30-longer": signature((sig) => b64(Buffer.concat([sig, Buffer.of(0)]))),
  "a30-padded": signature((sig) => sig.toString("base64").replaceAll("+", "-").replaceAll("/", "_")),
  "a30-white-space": signature((sig) => `${b64(sig)} `),
  "a30-other-key": {
    expect: "refuse",
    seal: ({ head, body, keys }) =>
      `${head}.${body}.${b64(sign("sha256", Buffer.from(`${head}.${body}`), keys.stranger.privateKey))}`,
  },
  "oidcc-client-test-invalid-sig-es256": elliptic((sig) => flip(sig, 40)),
  "a30-ecdsa-zero": elliptic(() => Buffer.alloc(64)),
  "a30-ecdsa-der": elliptic((_sig, data, keys) => sign("sha256", data, keys.ec.privateKey)),
  "a30-five-parts": { expect: "refuse", seal: ({ head, body }) => `${head}.${body}.a.b.c` },
  "a30-two-parts": { expect: "refuse", seal: ({ head, body }) => `${head}.${body}` },

  // A31: issuer of the ID token.
  "oidcc-client-test-invalid-iss": claims((c) => ({ iss: `${c.iss}x` })),
  "a31-iss-slash": claims((c) => ({ iss: `${c.iss}/` })),
  "a31-iss-other-scheme": claims((c) => ({ iss: c.iss.replace("http:", "https:") })),
  "a31-iss-template": claims((c) => ({ iss: c.iss.replace(/[^/]*$/, "{tenantid}") })),
  "a31-iss-array": claims((c) => ({ iss: [c.iss] })),
  "a31-iss-missing": without("iss"),

  // A32: audience.
  "oidcc-client-test-invalid-aud": claims(() => ({ aud: "somebody-else" })),
  "oidcc-client-test-missing-aud": without("aud"),
  "a32-aud-array-without-us": claims(() => ({ aud: ["somebody-else", "a-third"] })),
  "a32-aud-empty-array": claims(() => ({ aud: [] })),
  "a32-extra-audience-without-azp": claims((c) => ({ aud: [c.aud, "somebody-else"] })),
  "a32-azp-wrong": claims((c) => ({ aud: [c.aud, "somebody-else"], azp: "somebody-else" })),
  "a32-azp-wrong-single-audience": claims(() => ({ azp: "somebody-else" })),
  "a32-aud-number": claims(() => ({ aud: 7 })),

  // A33: times.
  "a33-exp-past": claims(() => ({ exp: now() - 90 })),
  "a33-exp-missing": without("exp"),
  "a33-exp-string": claims((c) => ({ exp: String(c.exp) })),
  "a33-exp-true": claims(() => ({ exp: true })),
  "a33-exp-array": claims((c) => ({ exp: [c.exp] })),
  "a33-exp-1e400": rawClaim("exp", "1e400"),
  "a33-exp-nan": rawClaim("exp", "NaN"),
  "a33-exp-negative": claims(() => ({ exp: -1 })),
  "a33-exp-null": claims(() => ({ exp: null })),
  "a33-nbf-future": claims(() => ({ nbf: now() + 3600 })),
  "a33-nbf-future-string": claims(() => ({ nbf: String(now() + 3600) })),
  "oidcc-client-test-missing-iat": without("iat"),
  "a33-iat-future": claims(() => ({ iat: now() + 3600 })),
  "a33-iat-1970": claims(() => ({ iat: 0 })),

  // A34, A45: who it is.
  "oidcc-client-test-missing-sub": without("sub"),
  "a34-sub-empty": claims(() => ({ sub: "" })),
  "a34-sub-number": claims(() => ({ sub: 7 })),
  "a34-sub-null": claims(() => ({ sub: null })),
  "a34-sub-object": claims(() => ({ sub: {} })),
  "a34-sub-long": claims(() => ({ sub: "s".repeat(256) })),
  "a34-sub-nul": claims(() => ({ sub: "a\0b" })),
  "oidcc-client-test-userinfo-invalid-sub": { expect: "refuse", userinfo: (u) => ({ ...u, sub: "somebody-else" }) },
  "a45-userinfo-without-sub": { expect: "refuse", userinfo: ({ sub: _sub, ...rest }) => rest },

  // A35, A36, A43, A44: the rest of the token answer.
  "a35-key-in-the-header": {
    expect: "refuse",
    header: (h, keys) => ({ alg: h.alg, jwk: keys.stranger.publicKey.export({ format: "jwk" }) }),
    seal: ({ head, body, keys }) =>
      `${head}.${body}.${b64(sign("sha256", Buffer.from(`${head}.${body}`), keys.stranger.privateKey))}`,
  },
  "a35-crit-unknown": { expect: "refuse", header: (h) => ({ ...h, crit: ["x"], x: 1 }) },
  "a36-at-hash-wrong": claims(() => ({ at_hash: "AAAAAAAAAAAAAAAAAAAAAA" })),
  "a43-error-with-200": answerWith("token", "refuse", 200, "application/json", '{"error":"invalid_grant"}'),
  "a43-token-with-400": { expect: "refuse", tokenStatus: 400 },
  "a43-empty": answerWith("token", "refuse", 200, "application/json", ""),
  "a43-html": answerWith("token", "refuse", 200, "text/html", "<!doctype html><p>hello"),
  "a43-huge": answerWith("token", "refuse", 200, "application/json", megabytes(8)),
  "a43-no-id-token": { expect: "refuse", token: ({ id_token: _token, ...rest }) => rest },
  "a43-token-type-mac": { expect: "refuse", token: (t) => ({ ...t, token_type: "MAC" }) },
  "a44-token-redirects": takeOver("token", "refuse", (response, { issuer }) => {
    response.writeHead(307, { location: `${issuer}/stolen` });
    response.end();
  }),
  "a44-userinfo-redirects": takeOver("userinfo", "refuse", (response, { issuer }) => {
    response.writeHead(302, { location: `${issuer}/stolen` });
    response.end();
  }),

  // A39: the provider says no.
  "a39-access-denied": { expect: "early", redirect: (p) => ({ state: p.state, iss: p.iss, error: "access_denied" }) },
  "a39-script-in-the-text": {
    expect: "early",
    redirect: (p) => ({
      state: p.state,
      iss: p.iss,
      error: "<script>alert(1)</script>",
      error_description: "<img src=x onerror=alert(2)>",
    }),
  },
  "a39-error-and-code": { expect: "early", redirect: (p) => ({ ...p, error: "server_error" }) },

  // A40: parameters twice.
  "a40-code-twice": redirect((p) => ({ ...p, code: [p.code, "other"] })),
  "a40-state-twice": redirect((p) => ({ ...p, state: [p.state, p.state] })),
  "a40-code-as-array": redirect(({ code, ...rest }) => ({ ...rest, "code[]": code })),

  // F15: the provider is ill.
  "f15-discovery-500": answerWith("discovery", "start", 500, "text/plain", "no"),
  "f15-discovery-hangs": takeOver("discovery", "start", () => {}),
  "f15-token-500": answerWith("token", "refuse", 500, "text/plain", "no"),
  "f15-token-reset": takeOver("token", "refuse", (response) => response.socket.resetAndDestroy()),
  "f15-token-hangs": takeOver("token", "refuse", () => {}),
  "f15-token-drips": takeOver("token", "refuse", (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const drip = setInterval(() => response.write(" "), 1000);
    response.on("close", () => clearInterval(drip));
  }),
  "f15-jwks-500": answerWith("jwks", "refuse", 500, "text/plain", "no"),
};

function flip(bytes, at) {
  const copy = Buffer.from(bytes);
  copy[at] ^= 1;
  return copy;
}
