// A real OpenID Connect provider for the tests and the demo: npm `oidc-provider` with PKCE required, RFC 9207 `iss`
// on, and one client for each way to authenticate at the token endpoint.
//
//   node oidc-provider.mjs [--port N] [--refresh]
//   → {"issuer": "http://127.0.0.1:N", "clients": {"basic": {"id", "secret"}, "post": {…}, "none": {"id"},
//      "key": {"id", "pems": {"rsa", "p256", "ed25519", "stranger"}}}}   (the kid of a key is its name; `stranger` is not registered)
//
// Control, for tests: POST /control/rotate {"keep": bool} signs with a new key (and forgets the old one unless
// kept); POST /control/account {"sub", "email", "email_verified", "name", "picture"} adds or replaces an account;
// GET /control/log lists how often each endpoint was asked; GET /control/exchanged lists the parameters and the answers
// of every token request; POST /control/ttl {"seconds"} says how long access tokens last from now on.
// With --refresh there are refresh tokens, each good once. POST /control/mode {"mode"} then decides what becomes of token
// requests: answer · lose (does what is asked and cuts the connection) · hang (does it and never answers) · fail (500 to
// the next, which does nothing; then answer).
import { generateKeyPairSync, randomBytes } from "node:crypto";
import http from "node:http";
import { Provider } from "oidc-provider";
import { announce, bodyOf, escapeHtml, listen, sendJson, sendPage } from "./peer.mjs";

const CLIENTS = {
  basic: { id: "client-basic", secret: randomBytes(24).toString("hex"), auth: "client_secret_basic" },
  post: { id: "client-post", secret: randomBytes(24).toString("hex"), auth: "client_secret_post" },
  none: { id: "client-none", auth: "none" },
  key: { id: "client-key", auth: "private_key_jwt", pairs: clientKeys() },
};

/** What a client signs with. */
function clientKeys() {
  return {
    rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
    p256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
    ed25519: generateKeyPairSync("ed25519"),
    stranger: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  };
}

function publicKeys({ stranger: _stranger, ...pairs }) {
  const keys = Object.entries(pairs).map(([kid, pair]) => ({ ...pair.publicKey.export({ format: "jwk" }), kid, use: "sig" }));
  return { keys };
}

const accounts = new Map();
function addAccount(claims) {
  accounts.set(claims.sub, claims);
}
addAccount({
  sub: "ada",
  email: "ada@example.com",
  email_verified: true,
  name: "Ada Lovelace",
  picture: "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E",
});
addAccount({ sub: "grace", email: "grace@example.com", email_verified: true, name: "Grace Hopper" });
addAccount({ sub: "mallory", email: "ada@example.com", email_verified: false, name: "Mallory" });

const hasRefresh = process.argv.includes("--refresh");
let tokenSeconds = 3600;
let mode = "answer";

let keys = [];
let provider;
let callback;
const log = {};
const exchanged = [];

function newKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: randomBytes(8).toString("hex") };
}

function claimsOf(sub) {
  const known = accounts.get(sub);
  if (known) return known;
  const email = sub.includes("@") ? sub : `${sub}@example.com`;
  return { sub, email, email_verified: true, name: sub };
}

const loopbackCallback = /^http:\/\/(localhost|127\.0\.0\.1):\d+\/[A-Za-z0-9/_-]*callback\/[A-Za-z0-9_-]+$/;

function start(issuer, cookieKeys) {
  provider = new Provider(issuer, {
    clients: Object.values(CLIENTS).map(({ id, secret, auth, pairs }) => ({
      client_id: id,
      ...(secret && { client_secret: secret }),
      ...(pairs && { jwks: publicKeys(pairs) }),
      token_endpoint_auth_method: auth,
      redirect_uris: ["http://localhost/api/auth/callback/any"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
    })),
    jwks: { keys },
    cookies: { keys: cookieKeys },
    pkce: { required: () => true },
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name", "picture"],
    },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => claimsOf(sub) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    ...(hasRefresh && { issueRefreshToken: () => true, rotateRefreshToken: true }),
    // Five tabs that sign in at once here are one session with five logins; none of them is to end the others.
    expiresWithSession: () => false,
    async renderError(ctx, out) {
      ctx.type = "html";
      ctx.body = `<!doctype html><title>Refused</title><h1>${escapeHtml(out.error)}</h1><p>${escapeHtml(out.error_description)}`;
    },
    ttl: { AccessToken: () => tokenSeconds, RefreshToken: 86400, AuthorizationCode: 60, IdToken: 3600, Interaction: 3600, Session: 86400, Grant: 86400 },
  });
  // Any port of the loopback: each test's server has its own.
  provider.Client.prototype.redirectUriAllowed = (uri) => loopbackCallback.test(uri);
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === "/token") exchanged.push({ ...ctx.oidc?.params, ...ctx.body });
  });
  callback = provider.callback();
}

function loginPage(uid, client) {
  const known = [...accounts.values()].map(
    (a) => `<form method="post" action="/interaction/${escapeHtml(uid)}">
      <input type="hidden" name="login" value="${escapeHtml(a.sub)}">
      <button><b>${escapeHtml(a.name)}</b> <small>${escapeHtml(a.email)}${a.email_verified ? "" : " (not verified)"}</small></button>
    </form>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>Example Identity</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 22rem; margin: 12vh auto; padding: 0 1rem; color: #1b2330 }
      button, input { font: inherit; width: 100%; padding: .6rem .8rem; margin: .25rem 0; box-sizing: border-box;
        border: 1px solid #b9c1cc; border-radius: .5rem; background: #fff; text-align: left }
      small { color: #5a6675; display: block } h1 { font-size: 1.3rem }
    </style>
    <h1>Example Identity</h1>
    <p>A real OpenID Connect provider on your own machine. Sign in to <b>${escapeHtml(client)}</b> as</p>
    ${known.join("")}
    <form method="post" action="/interaction/${escapeHtml(uid)}">
      <label>or as anybody <input name="login" required placeholder="name or mail address" autocomplete="off"></label>
      <button>Continue</button>
    </form>
    <form method="post" action="/interaction/${escapeHtml(uid)}"><button name="abort" value="1">No, go back</button></form>`;
}

async function interaction(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    sendPage(response, 200, loginPage(details.uid, details.params.client_id));
    return;
  }
  const form = new URLSearchParams(await bodyOf(request));
  const result = form.get("abort")
    ? { error: "access_denied", error_description: "The person went back." }
    : { login: { accountId: form.get("login") } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function control(request, response, path, restart) {
  const body = request.method === "POST" ? JSON.parse((await bodyOf(request)) || "{}") : {};
  if (path === "/control/rotate") {
    keys = [newKey(), ...(body.keep ? keys : [])];
    restart();
    sendJson(response, 200, { kid: keys[0].kid });
  } else if (path === "/control/account") {
    addAccount(body);
    sendJson(response, 200, {});
  } else if (path === "/control/ttl") {
    tokenSeconds = body.seconds;
    sendJson(response, 200, {});
  } else if (path === "/control/mode") {
    mode = body.mode;
    sendJson(response, 200, {});
  } else if (path === "/control/log") {
    sendJson(response, 200, log);
  } else if (path === "/control/exchanged") {
    sendJson(response, 200, exchanged);
  } else {
    sendJson(response, 404, { error: "no such control" });
  }
}

/** A token request, as the mode has it. */
async function token(request, response) {
  if (mode === "fail") {
    mode = "answer";
    sendJson(response, 500, {});
    return;
  }
  if (mode !== "answer") {
    const isCut = mode === "lose";
    response.write = () => true;
    response.end = () => {
      if (isCut) request.socket.destroy();
      return response;
    };
  }
  await callback(request, response);
}

async function main() {
  const asked = process.argv.indexOf("--port");
  const cookieKeys = [randomBytes(24).toString("hex")];
  let restart = () => {};
  const server = http.createServer(async (request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    log[path] = (log[path] ?? 0) + 1;
    try {
      if (path.startsWith("/control/")) await control(request, response, path, restart);
      else if (path.startsWith("/interaction/")) await interaction(request, response);
      else if (path === "/token") await token(request, response);
      else await callback(request, response);
    } catch (error) {
      sendPage(response, 400, `<!doctype html><title>Refused</title><p>${escapeHtml(error.message)}`);
    }
  });
  const port = await listen(server, asked > 0 ? Number(process.argv[asked + 1]) : 0);
  const issuer = `http://127.0.0.1:${port}`;
  restart = () => start(issuer, cookieKeys);
  keys = [newKey()];
  restart();
  const pem = ([name, pair]) => [name, pair.privateKey.export({ format: "pem", type: "pkcs8" })];
  const clients = Object.fromEntries(
    Object.entries(CLIENTS).map(([name, { id, secret, pairs }]) => [
      name,
      { id, secret, ...(pairs && { pems: Object.fromEntries(Object.entries(pairs).map(pem)) }) },
    ]),
  );
  announce({ issuer, port, clients });
}

await main();
