// A scripted OpenID provider: each path below the root is an issuer of its own that departs from the truth in one
// way, named in lies.mjs. It asks nobody anything: its login page sends the browser straight back.
//
//   node liar.mjs
//   → {"url": "http://127.0.0.1:N", "client": {"id", "secret"}, "team": {"id", "key_id", "pem"}, "lies": {"<name>": "<expect>", …}}
//
// `team` signs the client's secret at an issuer that takes no other.
//
// GET /control/log?lie=NAME lists what the relying party asked of that issuer, and in `form` and `issued` what a token
// request sent and got; POST /control/rotate?lie=NAME changes its keys.
import { createHash, generateKeyPairSync, randomBytes, sign, timingSafeEqual, verify } from "node:crypto";
import { LIES } from "./lies.mjs";
import { announce, bodyOf, escapeHtml, listen, sendJson, sendPage, serveTable } from "./peer.mjs";

const client = { id: "hallpass", secret: randomBytes(24).toString("hex") };
const team = { id: "DEF123GHIJ", key_id: "ABC123DEFG", pair: generateKeyPairSync("ec", { namedCurve: "P-256" }) };
const asked = new Map();
const codes = new Map();
let url;
const keys = newKeys();
const rotated = new Map();

function newKeys() {
  return {
    rsa: { ...generateKeyPairSync("rsa", { modulusLength: 2048 }), kid: randomBytes(6).toString("hex") },
    ec: generateKeyPairSync("ec", { namedCurve: "P-256" }),
    stranger: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  };
}

/** The keys of one issuer: everybody's, until they rotate. */
function keysOf(lie) {
  return rotated.get(lie) ?? keys;
}

function rotate(lie) {
  rotated.set(lie, { ...keys, rsa: newKeys().rsa });
}

function publicKeys(keys) {
  const rsa = keys.rsa.publicKey.export({ format: "jwk" });
  const ec = keys.ec.publicKey.export({ format: "jwk" });
  return [
    { ...rsa, kid: keys.rsa.kid, use: "sig", alg: "RS256" },
    { ...ec, kid: "ec", use: "sig", alg: "ES256" },
  ];
}

function metadata(issuer) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
  };
}

function person(lie) {
  const sub = `subject-of-${lie}`;
  return { sub, email: `${lie}@liar.example`, email_verified: true, name: `Person of ${lie}` };
}

function authorize(response, query, lie, script, issuer) {
  const code = randomBytes(16).toString("hex");
  codes.set(code, Object.fromEntries(query));
  const honest = { code, state: query.get("state"), iss: issuer };
  const params = script.redirect?.(honest, issuer) ?? honest;
  if (query.get("response_mode") === "form_post") {
    const fields = Object.entries({ ...params, ...script.posted });
    const inputs = fields.map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`);
    sendPage(response, 200, `<form method="post" action="${escapeHtml(query.get("redirect_uri"))}">${inputs.join("")}</form>`);
    return;
  }
  const back = new URL(query.get("redirect_uri"));
  for (const [name, value] of Object.entries(params)) {
    for (const one of [value].flat()) back.searchParams.append(name, one);
  }
  response.writeHead(302, { location: back.href });
  response.end();
}

function idToken(lie, script, issuer, grant) {
  const keys = keysOf(lie);
  const { sub, email, email_verified, name } = person(lie);
  const at = Math.floor(Date.now() / 1000);
  const honest = { iss: issuer, sub, aud: grant.client_id, exp: at + 600, iat: at, nonce: grant.nonce, email, email_verified, name };
  const claims = script.claims?.(honest) ?? honest;
  const header = { alg: "RS256", kid: keys.rsa.kid, typ: "JWT" };
  const b64 = (text) => Buffer.from(text).toString("base64url");
  const head = b64(JSON.stringify(script.header?.(header, keys) ?? header));
  const body = b64(typeof claims === "string" ? claims : JSON.stringify(claims));
  if (script.seal) return script.seal({ head, body, keys, client });
  return `${head}.${body}.${sign("sha256", Buffer.from(`${head}.${body}`), keys.rsa.privateKey).toString("base64url")}`;
}

function credentialsOf(request, form) {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? "");
  if (!basic) return { method: "post", id: form.get("client_id"), secret: form.get("client_secret") };
  const [id, secret] = Buffer.from(basic[1], "base64").toString().split(":").map(decodeURIComponent);
  return { method: "basic", id, secret };
}

function same(a, b) {
  const [x, y] = [a, b].map((text) => createHash("sha256").update(String(text)).digest());
  return timingSafeEqual(x, y);
}

/** Whether a secret is one that the team signed for this audience, and for no more than the six months that are allowed. */
function isSigned(secret, audience) {
  const [head, body, signature] = String(secret).split(".");
  const read = (part) => JSON.parse(Buffer.from(part, "base64url"));
  const key = { key: team.pair.publicKey, dsaEncoding: "ieee-p1363" };
  if (!verify("sha256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature ?? "", "base64url"))) return false;
  const [{ alg, kid }, { iss, sub, aud, iat, exp }] = [read(head), read(body)];
  const now = Math.floor(Date.now() / 1000);
  const named = alg === "ES256" && kid === team.key_id && iss === team.id && sub === client.id && aud === audience;
  return named && iat <= now && exp > now && exp <= now + 15_777_000;
}

/** What an honest token endpoint checks; the name of the first thing that is wrong, or nothing. */
function wrongWith(credentials, form, grant, script) {
  const { signedFor } = script;
  const known = signedFor ? isSigned(credentials.secret, signedFor) : same(credentials.secret, client.secret);
  if (!known || credentials.id !== client.id) return "invalid_client";
  if (script.basicOnly && credentials.method !== "basic") return "invalid_client";
  if (form.get("grant_type") !== "authorization_code" || !grant) return "invalid_grant";
  if (form.get("redirect_uri") !== grant.redirect_uri) return "invalid_grant";
  const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
  return grant.code_challenge_method === "S256" && challenge === grant.code_challenge ? undefined : "invalid_grant";
}

async function token(request, response, lie, script, issuer, entry) {
  const form = new URLSearchParams(entry.body);
  const grant = codes.get(form.get("code"));
  codes.delete(form.get("code"));
  const wrong = wrongWith(credentialsOf(request, form), form, grant, script);
  entry.wrong = wrong ?? null;
  entry.form = Object.fromEntries(form);
  if (wrong) {
    sendJson(response, wrong === "invalid_client" ? 401 : 400, { error: wrong });
    return;
  }
  if (script.rotateBeforeSigning) rotate(lie);
  const honest = {
    access_token: randomBytes(16).toString("hex"),
    token_type: "Bearer",
    expires_in: 600,
    scope: grant.scope,
    id_token: idToken(lie, script, issuer, grant),
  };
  entry.issued = honest;
  sendJson(response, script.tokenStatus ?? 200, script.token?.(honest) ?? honest);
}

async function serveLie(request, response, { pathname, searchParams }) {
  const [, lie, ...rest] = pathname.split("/");
  const script = LIES[lie];
  const issuer = `${url}/${lie}`;
  const endpoint = rest.join("/") === ".well-known/openid-configuration" ? "discovery" : rest.join("/");
  const entry = { endpoint, method: request.method, body: await bodyOf(request), authorization: Boolean(request.headers.authorization) };
  if (script === undefined) {
    sendJson(response, 404, { error: "no such lie" });
    return;
  }
  asked.set(lie, [...(asked.get(lie) ?? []), entry]);
  if (script.answer?.(endpoint, response, { issuer })) return;
  const honest = person(lie);
  if (endpoint === "discovery") sendJson(response, 200, script.metadata?.(metadata(issuer), issuer) ?? metadata(issuer));
  else if (endpoint === "jwks") {
    const all = publicKeys(keysOf(lie));
    sendJson(response, 200, { keys: script.keys?.(all) ?? all });
  }
  else if (endpoint === "authorize") authorize(response, searchParams, lie, script, issuer);
  else if (endpoint === "token") await token(request, response, lie, script, issuer, entry);
  else if (endpoint === "userinfo") sendJson(response, 200, script.userinfo?.(honest) ?? honest);
  else sendJson(response, 404, { error: "no such endpoint" });
}

const table = {
  "GET /control/log": (_request, response, { searchParams }) => sendJson(response, 200, asked.get(searchParams.get("lie")) ?? []),
  "POST /control/rotate": (_request, response, { searchParams }) => {
    rotate(searchParams.get("lie"));
    sendJson(response, 200, {});
  },
};
url = `http://127.0.0.1:${await listen(serveTable(table, serveLie))}`;
const lies = Object.fromEntries(Object.entries(LIES).map(([name, { expect }]) => [name, expect]));
const { pair, ...named } = team;
announce({ url, client, team: { ...named, pem: pair.privateKey.export({ format: "pem", type: "pkcs8" }) }, lies });
