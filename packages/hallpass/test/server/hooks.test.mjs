// hooks: what is refused, and what the callbacks of NextAuth.js make of what hallpass asks.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { logged, server, withEnvironment } from "./built.mjs";

const { AuthorizeError, SetupError, hooks } = server;

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const KEY = Buffer.from(SECRET.slice(6), "base64");

const signature = (id, at, body, key = KEY) =>
  `v1,${createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64")}`;

/** A request as hallpass sends it. */
function sent(type, data, headers = {}) {
  const body = JSON.stringify({ type, data });
  const at = Math.floor(Date.now() / 1000);
  return new Request("http://localhost:3000/api/hooks", {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "webhook-id": "msg_1",
      "webhook-timestamp": String(at),
      "webhook-signature": signature("msg_1", at, body),
      ...headers,
    },
  });
}

async function asked(options, type, data) {
  const response = await hooks({ secret: SECRET, ...options })(sent(type, data));
  return { status: response.status, ...(await response.json()) };
}

const ADA = { id: "7", name: "Ada", email: "ada@example.com", emailVerified: true, image: null };

test("what is not signed with the secret, for these bytes and at this time is refused, and no callback is called", async () => {
  const handler = hooks({ secret: SECRET, callbacks: { signIn: () => assert.fail("called") } });
  const now = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({ type: "signIn", data: {} });
  for (const headers of [
    { "webhook-signature": "" },
    { "webhook-signature": "v1," },
    { "webhook-signature": "v1,AAAA" },
    { "webhook-signature": signature("msg_2", now, body) },
    { "webhook-signature": signature("msg_1", now, `${body} `) },
    { "webhook-signature": signature("msg_1", now, body, Buffer.from("another secret of 24 bytes")) },
    { "webhook-signature": signature("msg_1", now, body).replace("v1", "v2") },
    { "webhook-timestamp": String(now - 301), "webhook-signature": signature("msg_1", now - 301, body) },
    // A minute past the limit: the clock goes on while this list is walked.
    { "webhook-timestamp": String(now + 360), "webhook-signature": signature("msg_1", now + 360, body) },
    { "webhook-timestamp": "now", "webhook-signature": signature("msg_1", "now", body) },
    { "webhook-id": "" },
  ]) {
    assert.equal((await handler(sent("signIn", {}, headers))).status, 401, JSON.stringify(headers));
  }
});

test("a stranger's body is not read, and nobody's beyond a megabyte", async () => {
  let read = 0;
  const endless = () =>
    new ReadableStream({
      pull: (controller) => {
        read += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
  const post = (headers) =>
    hooks({ secret: SECRET })(
      new Request("http://localhost:3000/api/hooks", { method: "POST", duplex: "half", body: endless(), headers }),
    );
  assert.equal((await post({})).status, 401);
  assert.ok(read <= 2, `${read} pieces were taken`);
  const now = String(Math.floor(Date.now() / 1000));
  const headers = { "webhook-id": "msg_1", "webhook-timestamp": now, "webhook-signature": "v1,AAAA" };
  assert.equal((await post(headers)).status, 413);
  assert.ok(read < 40, `${read} pieces were taken`);
});

test("what a browser wrote under __proto__ reaches no callback", async () => {
  let seen;
  const jwt = ({ token, session }) => {
    seen = Object.assign({}, session);
    return token;
  };
  const body = '{"type":"jwt","data":{"token":{},"session":{"__proto__":{"role":"admin"},"a":1}}}';
  const at = Math.floor(Date.now() / 1000);
  const request = new Request("http://localhost:3000/api/hooks", {
    method: "POST",
    body,
    headers: { "webhook-id": "m", "webhook-timestamp": String(at), "webhook-signature": signature("m", at, body) },
  });
  assert.equal((await hooks({ secret: SECRET, callbacks: { jwt } })(request)).status, 200);
  assert.deepEqual([seen.role, seen.a], [undefined, 1]);
});

test("one of several signatures is enough, so that a secret can be replaced", async () => {
  const at = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({ type: "signIn", data: {} });
  const both = `v1,AAAA v1a,BBBB ${signature("msg_1", at, body)}`;
  const response = await hooks({ secret: SECRET })(sent("signIn", {}, { "webhook-signature": both }));
  assert.deepEqual(await response.json(), { result: true });
});

test("without callbacks nothing is changed", async () => {
  assert.equal((await asked({}, "signIn", { user: ADA })).result, true);
  const redirect = { url: "https://evil.example", baseUrl: "https://a.example", judged: "https://a.example" };
  assert.equal((await asked({}, "redirect", redirect)).result, "https://a.example");
  assert.deepEqual((await asked({}, "jwt", { token: { sub: "7", role: "admin" } })).result, { sub: "7", role: "admin" });
  assert.deepEqual((await asked({}, "session", { session: { user: {}, expires: "x" } })).result, { user: {}, expires: "x" });
  assert.equal((await asked({}, "events.signOut", { user: ADA })).status, 200);
  assert.equal((await asked({}, "events.__defineGetter__", {})).status, 200, "what every object has is no event");
});

test("what a callback returns is what is answered, promised or not", async () => {
  for (const jwt of [() => null, async () => null]) {
    assert.equal((await asked({ callbacks: { jwt } }, "jwt", { token: { role: "admin" } })).result, null);
  }
});

test("callbacks are called as NextAuth.js calls them", async () => {
  const callbacks = {
    signIn: async ({ user, account }) => (account.provider === "github" ? user.emailVerified : "/waiting-list"),
    redirect: ({ url, baseUrl }) => (url.startsWith("https://docs.example.com/") ? url : baseUrl),
    jwt: ({ token, user, trigger, session }) => {
      if (user) token.role = user.email === ADA.email ? "admin" : "member";
      if (trigger === "update") token.nick = session.nick;
      return token;
    },
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub, role: token.role } }),
  };
  const signIn = (provider, user) => asked({ callbacks }, "signIn", { user, account: { provider, type: "oauth" } });
  assert.equal((await signIn("github", ADA)).result, true);
  assert.equal((await signIn("github", { ...ADA, emailVerified: false })).result, false);
  assert.equal((await signIn("gitlab", ADA)).result, "/waiting-list");
  const at = (url) => asked({ callbacks }, "redirect", { url, baseUrl: "https://a.example", judged: "https://a.example" });
  assert.equal((await at("https://docs.example.com/x")).result, "https://docs.example.com/x");
  assert.equal((await at("https://evil.example/x")).result, "https://a.example");
  assert.equal((await asked({ callbacks }, "jwt", { token: { sub: "7" }, user: ADA })).result.role, "admin");
  const updated = { token: { sub: "7", role: "admin" }, trigger: "update", session: { nick: "al" } };
  assert.deepEqual((await asked({ callbacks }, "jwt", updated)).result, { sub: "7", role: "admin", nick: "al" });
  const shown = { session: { user: { name: "Ada" }, expires: "x" }, token: { sub: "7", role: "admin" }, user: ADA };
  const { result } = await asked({ callbacks }, "session", shown);
  assert.deepEqual(result, { user: { name: "Ada", id: "7", role: "admin" }, expires: "x" });
});

test("an answer that says neither yes nor no is a no", async () => {
  for (const verdict of [undefined, null, 0, ""]) {
    assert.equal((await asked({ callbacks: { signIn: () => verdict } }, "signIn", { user: ADA })).result, false);
  }
});

test("a callback that throws is a failure that the log tells and the answer does not", async () => {
  const callbacks = { jwt: () => { throw new Error("the database of roles is down"); } };
  const { value, lines } = await logged(() => asked({ callbacks }, "jwt", { token: {} }));
  assert.equal(value.status, 500);
  assert.ok(!JSON.stringify(value).includes("roles"));
  assert.match(lines.join("\n"), /a callback failed: Error: the database of roles is down/);
});

test("events reach their handler, and one that fails is told again", async () => {
  const heard = [];
  const events = { signOut: ({ user }, { id }) => heard.push(user.id, id), signIn: () => Promise.reject(new Error("full")) };
  assert.equal((await asked({ events }, "events.signOut", { user: ADA })).status, 200);
  assert.deepEqual(heard, ["7", "msg_1"]);
  const { value } = await logged(() => asked({ events }, "events.signIn", { user: ADA }));
  assert.equal(value.status, 500);
});

test("authorize says who it is, nobody, or words for the person", async () => {
  const authorize = ({ username, password }, { provider }) => {
    assert.equal(provider, "ldap");
    if (username === "eve") throw new AuthorizeError("Locked out");
    return password === "enchantress" ? { id: 7, name: "Ada", emailVerified: new Date(0), passwordHash: "x" } : null;
  };
  const by = (credentials) => asked({ authorize }, "authorize", { provider: "ldap", credentials });
  assert.deepEqual((await by({ username: "ada", password: "enchantress" })).result, { id: 7, name: "Ada", emailVerified: true });
  assert.equal((await by({ username: "ada", password: "wrong" })).result, null);
  assert.equal((await by({ username: "eve" })).error, "Locked out");
  const { value } = await logged(() => asked({}, "authorize", { provider: "ldap", credentials: {} }));
  assert.equal(value.status, 500);
});

test("without a secret the way out is said", async () => {
  await withEnvironment({}, () => assert.rejects(hooks({})(sent("signIn", {})), SetupError));
  await withEnvironment({ HALLPASS_HOOKS_SECRET: SECRET }, async () => {
    assert.equal((await hooks({})(sent("signIn", {}))).status, 200);
  });
});

test("a type that nobody knows is refused", async () => {
  assert.equal((await asked({}, "toString", {})).status, 400);
  assert.equal((await asked({}, "events.toString", {})).status, 200);
});

let node;
let url;
before(async () => {
  const handler = hooks({ secret: SECRET, callbacks: { signIn: () => "/wait" } });
  node = createServer((request, response) => {
    if (request.url === "/parsed") request.body = {};
    handler(request, response).catch((error) => {
      response.statusCode = 599;
      response.end(error.message);
    });
  });
  await new Promise((listening) => node.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${node.address().port}`;
});
after(() => node.close());

test("it answers Node's requests, and says what to do where a framework has read the body", async () => {
  const post = async (path) => {
    const request = sent("signIn", { user: { ...ADA, name: "Ådå" } });
    return fetch(url + path, { method: "POST", headers: request.headers, body: await request.text() });
  };
  assert.deepEqual(await (await post("/")).json(), { result: "/wait" });
  assert.match(await (await post("/parsed")).text(), /bodyParser: false/);
});
