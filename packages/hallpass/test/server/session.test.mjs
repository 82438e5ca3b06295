// getSession, readSession, getCsrfToken and getProviders against a server that writes down what it is sent.
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, afterEach, before, test } from "node:test";
import { logged, server, withEnvironment } from "./built.mjs";
import { SESSION, json, startOrigin, through } from "./origin.mjs";

const { AskError, getCsrfToken, getProviders, getSession, readCsrfToken, readSession } = server;

const COOKIE = "next-auth.session-token=t; other=1";
const RENEWED = "next-auth.session-token=u; Path=/; Expires=Sun, 06 Nov 2094 08:49:37 GMT; HttpOnly; SameSite=Lax";
const PIECES = [
  "next-auth.session-token.0=a; Path=/",
  "next-auth.session-token.1=b; Path=/",
  "next-auth.session-token=; Max-Age=0; Path=/",
];
const CSRF = "next-auth.csrf-token=abc%7Cdef; Path=/; HttpOnly; SameSite=Lax";

let origin;
before(async () => (origin = await startOrigin()));
after(() => origin.close());
afterEach(() => {
  origin.requests.length = 0;
  origin.answer = json(SESSION);
});

const req = { headers: { cookie: COOKIE } };
const at = (more = {}) => ({ url: origin.url, ...more });

/** Why a question failed, thrown, told, and put in the log in the same words. */
async function fault(options = at()) {
  const told = await readSession({ req }, options);
  assert.deepEqual([told.status, told.session, told.setCookies], ["unknown", null, []]);
  await assert.rejects(getSession({ req }, { ...options, onError: "throw" }), (error) => {
    assert.ok(error instanceof AskError && error instanceof Error);
    assert.equal(error.message, told.error.message);
    return true;
  });
  const { value, lines } = await logged(() => getSession({ req }, options));
  assert.equal(value, null);
  assert.ok(lines.length <= 1 && lines.every((line) => line === `[hallpass] ${told.error.message}`), lines.join("\n"));
  assert.ok(!told.error.message.includes("session-token"), told.error.message);
  return Object.assign(told.error, { lines });
}

/** Runs against a place of its own, so that nothing was said about it before. */
async function withOrigin(answer, run) {
  const own = await startOrigin(answer);
  try {
    return await run({ url: own.url }, own);
  } finally {
    await own.close();
  }
}

test("a refused connection is no sign-out, and the error says where nobody is", async () => {
  const closed = await startOrigin();
  await closed.close();
  const error = await fault({ url: closed.url });
  assert.equal(error.fault, "unreachable");
  const where = `GET ${closed.url}/session`;
  assert.equal(error.message, `${where}: no answer (ECONNREFUSED). Is hallpass running there (the option \`url\`)?`);
  assert.deepEqual([error.asked, error.status, error.lines.length], [`GET ${closed.url}/session`, undefined, 1]);
});

test("an answer that does not come ends after the timeout", async () => {
  const silent = net.createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const sockets = [];
  silent.on("connection", (socket) => sockets.push(socket));
  try {
    const error = await fault({ url: `http://127.0.0.1:${silent.address().port}`, timeout: 50 });
    assert.equal(error.fault, "timeout");
    assert.match(error.message, /no answer within 50 ms/);
  } finally {
    sockets.forEach((socket) => socket.destroy());
    silent.close();
  }
});

test("an answer that begins and does not end is cut at the timeout too", async () => {
  const begin = (response) => response.writeHead(200, { "content-type": "application/json" }).write("{");
  assert.equal(await withOrigin(begin, async (options) => (await fault({ ...options, timeout: 50 })).fault), "timeout");
});

test("an error of the server is no sign-out", async () => {
  for (const status of [500, 502, 503]) {
    const error = await withOrigin(json({ message: "no" }, {}, status), fault);
    assert.deepEqual([error.fault, error.status, error.contentType], ["status", status, "application/json"]);
    assert.match(error.message, /session: 50\d application\/json "\{\\"message\\":\\"no\\"\}"\. The server's log says why/);
  }
});

test("HTML is named as such, with its first bytes and what to look at", async () => {
  const page = `<!DOCTYPE html>\n<title>Not here</title>${"x".repeat(5000)}`;
  const html = (status) => (response) => response.writeHead(status, { "content-type": "text/html" }).end(page);
  for (const status of [200, 404]) {
    const error = await withOrigin(html(status), fault);
    assert.equal(error.fault, status === 200 ? "content" : "status");
    assert.ok(error.message.includes(`${status} text/html "<!DOCTYPE html>\\n<title>Not here</title>`), error.message);
    assert.match(error.message, /base path \(the option `url`\)/);
    assert.ok(error.message.length < 400);
  }
});

test("a redirect is not followed, for the cookie would not come along", async () => {
  const to = await startOrigin();
  const leads = (response) => response.writeHead(307, { location: `${to.url}/session?token=secret` }).end();
  const error = await withOrigin(leads, fault);
  assert.equal(error.fault, "redirect");
  assert.ok(error.message.includes(`307 leads to ${to.url}/session, `), error.message);
  assert.equal(to.requests.length, 0);
  await to.close();
});

test("JSON that is no session is not taken for one, and not shown either", async () => {
  for (const data of [{ message: "hello" }, [SESSION], "session", 7, true, { user: { name: "J" } }, { expires: 7 }]) {
    const error = await withOrigin(json(data), fault);
    assert.equal(error.fault, "content", JSON.stringify(data));
    assert.ok(!error.message.includes("hello"));
  }
});

test("a session that is cut off is not shown, nor an answer that repeats the cookie", async () => {
  const cut = JSON.stringify(SESSION).slice(0, 40);
  await withOrigin((response) => response.end(cut), async (place) => {
    const error = await fault(place);
    assert.ok(!error.message.includes(cut.slice(0, 12)), error.message);
  });
  const echo = { headers: { cookie: "next-auth.session-token=a-token-of-some-length" } };
  await withOrigin((response) => response.writeHead(502).end(`<p>${echo.headers.cookie}</p>`), async (place) => {
    const { status, error } = await readSession({ req: echo }, place);
    assert.equal(status, "unknown");
    assert.ok(!error.message.includes("a-token-of-some-length"), error.message);
  });
});

test("an answer without an end is given up", async () => {
  const endless = (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const more = () => response.destroyed || response.write(Buffer.alloc(64 * 1024, 32), () => setImmediate(more));
    more();
  };
  assert.equal(await withOrigin(endless, async (options) => (await fault(options)).fault), "content");
});

test("an outage is one line in the log, and the next one is another", async () => {
  await withOrigin(json({}, {}, 503), async (options, own) => {
    const ask = () => logged(() => getSession({ req }, options));
    const count = async () => (await ask()).lines.length;
    assert.deepEqual([await count(), await count(), await count()], [1, 0, 0]);
    own.answer = json({}, {}, 404);
    assert.deepEqual([await count(), await count()], [1, 0]);
    own.answer = json(SESSION);
    assert.deepEqual([await count()], [0]);
    own.answer = json({}, {}, 404);
    assert.deepEqual([await count(), await count()], [1, 0]);
  });
});

test("without a request the error says what to call it with", async () => {
  const cookies = { get: () => undefined, getAll: () => [] };
  for (const from of [undefined, null, {}, { req: null }, { req: {} }, "x", cookies]) {
    const { value, lines } = await logged(() => getSession(from, at()));
    assert.equal(value, null);
    assert.ok(lines.length <= 1);
    assert.match((await readSession(from, at())).error.message, /\{ req \}/);
  }
  assert.equal(origin.requests.length, 0);
});

test("a cookie that no header may hold is not sent and not shown", async () => {
  const { error } = await readSession({ headers: { cookie: "next-auth.session-token=t\r\nhost: evil" } }, at());
  assert.equal(error.fault, "request");
  assert.ok(!error.message.includes("evil"));
  assert.equal(origin.requests.length, 0);
});

test("every way in which servers say that nobody is signed in is null", async () => {
  for (const data of [{}, null, false, "", [], 0]) {
    origin.answer = json(data);
    const { value, lines } = await logged(() => readSession({ req }, at()));
    assert.deepEqual([value.status, value.session, lines], ["unauthenticated", null, []], JSON.stringify(data));
  }
});

test("a request without a cookie is nobody's, and nobody is asked", async () => {
  for (const from of [{ req: { headers: {} } }, new Request("http://localhost/"), { headers: new Headers() }]) {
    assert.deepEqual(await readSession(from, at()), { status: "unauthenticated", session: null, setCookies: [] });
  }
  assert.equal(origin.requests.length, 0);
});

test("of a POST with a body only the cookie is sent on, with GET", async () => {
  let session;
  const handle = async (request, response) => {
    request.body = { name: "J", csrfToken: "x" };
    session = await getSession({ req: request, res: response }, at());
  };
  const others = { authorization: "Bearer x", "x-forwarded-host": "evil", origin: "http://evil" };
  const headers = { cookie: COOKIE, "content-type": "application/json", ...others };
  await through(handle, { method: "POST", body: '{"name":"J"}', headers });
  assert.deepEqual(session, SESSION);
  assert.equal(origin.requests.length, 1);
  const [{ method, url, headers: sent, body }] = origin.requests;
  assert.deepEqual([method, url, body, sent.cookie], ["GET", "/api/auth/session", "", COOKIE]);
  for (const name of ["authorization", "content-type", "content-length", "transfer-encoding", "x-forwarded-host", "origin"]) {
    assert.equal(sent[name], undefined, name);
  }
  assert.equal(sent.host, new URL(origin.url).host);
});

test("all forms in which a request is at hand are taken", async () => {
  const headers = new Headers({ cookie: COOKIE });
  for (const [form, from] of Object.entries({
    "{ req }": { req },
    "getServerSideProps": { req, res: undefined, query: {}, params: {} },
    "App.getInitialProps": { ctx: { req }, router: {} },
    "a Node request": req,
    "a Request": new Request("http://localhost/", { headers, method: "POST", body: "x" }),
    "{ req: Request }": { req: new Request("http://localhost/", { headers }) },
    "{ headers }": { headers },
    "{ headers } unawaited": { headers: Promise.resolve(headers) },
    Headers: headers,
    "Headers unawaited": Promise.resolve(headers),
    "several lines": { req: { headers: { cookie: COOKIE.split("; ") } } },
  })) {
    assert.deepEqual(await getSession(from, at()), SESSION, form);
    assert.equal(origin.requests.at(-1).headers.cookie, COOKIE, form);
  }
});

test("the cookies of the answer reach the browser beside those of the page", async () => {
  origin.answer = json(SESSION, { "set-cookie": [RENEWED, CSRF] });
  const answer = await through(async (request, response) => {
    response.setHeader("Set-Cookie", ["theme=dark; Path=/"]);
    await getSession({ req: request, res: response }, at());
    response.appendHeader("Set-Cookie", "last=1");
  }, { headers: { cookie: COOKIE } });
  assert.deepEqual(answer.headers.getSetCookie(), ["theme=dark; Path=/", RENEWED, CSRF, "last=1"]);
});

test("a page that sets one cookie as a text keeps it", async () => {
  origin.answer = json(SESSION, { "set-cookie": RENEWED });
  const answer = await through(async (request, response) => {
    response.setHeader("set-cookie", "theme=dark");
    await getSession({ req: request, res: response }, at());
  }, { headers: { cookie: COOKIE } });
  assert.deepEqual(answer.headers.getSetCookie(), ["theme=dark", RENEWED]);
});

test("a page that signs out is not signed in again by a session read on the way", async () => {
  const cleared = "next-auth.session-token=; Max-Age=0; Path=/";
  for (const set of [[RENEWED], PIECES]) {
    origin.answer = json(SESSION, { "set-cookie": [...set, CSRF] });
    const answer = await through(async (request, response) => {
      response.setHeader("Set-Cookie", cleared);
      await getSession({ req: request, res: response }, at());
    }, { headers: { cookie: COOKIE } });
    assert.deepEqual(answer.headers.getSetCookie(), [cleared, CSRF]);
  }
});

test("a session in pieces arrives with all of them, once", async () => {
  origin.answer = json(SESSION, { "set-cookie": PIECES });
  const answer = await through(async (request, response) => {
    await getSession({ req: request, res: response }, at());
    await getSession({ req: request, res: response }, at());
  }, { headers: { cookie: COOKIE } });
  assert.deepEqual(answer.headers.getSetCookie(), PIECES);
});

test("cookies of other names are never handed on", async () => {
  const foreign = [
    "sid=1",
    "next-auth.session-tokenx=1",
    "next-auth.session-token.x=1",
    "next-auth.session-token.0.0=1",
    "next-auth.csrf-token.0=1",
    "next-auth.state.abc=1",
    "__Host-next-auth.session-token=1",
    "=next-auth.session-token",
    "",
  ];
  const own = [
    "__Secure-next-auth.session-token=u; Secure",
    "__Host-next-auth.csrf-token=c",
    "authjs.session-token.1=p",
    "next-auth.callback-url=x",
  ];
  origin.answer = json(SESSION, { "set-cookie": [...foreign, ...own] });
  const { setCookies } = await readSession({ req }, at());
  assert.deepEqual(setCookies, own);
});

test("a page whose head is sent already gets its session and no error", async () => {
  origin.answer = json(SESSION, { "set-cookie": RENEWED });
  let session;
  const answer = await through(async (request, response) => {
    response.writeHead(200).write("a");
    session = await getSession({ req: request, res: response }, at());
  }, { headers: { cookie: COOKIE } });
  assert.deepEqual([session, answer.headers.getSetCookie()], [SESSION, []]);
});

test("a response of the Web gets the cookies too, and readSession hands them out", async () => {
  origin.answer = json(SESSION, { "set-cookie": [RENEWED, CSRF] });
  const request = new Request("http://localhost/", { headers: { cookie: COOKIE } });
  const response = new Response("x", { headers: { "set-cookie": "theme=dark" } });
  await getSession(request, at({ res: response }));
  assert.deepEqual(response.headers.getSetCookie(), ["theme=dark", RENEWED, CSRF]);
  assert.deepEqual(await readSession(request, at()), { status: "authenticated", session: SESSION, setCookies: [RENEWED, CSRF] });
});

test("a runtime that gives all Set-Cookies as one line loses none", async () => {
  const send = async () => {
    const answer = Response.json(SESSION);
    const headers = { get: (name) => (name === "set-cookie" ? [RENEWED, CSRF, "x=1"].join(", ") : answer.headers.get(name)) };
    return { ok: true, status: 200, type: "default", body: answer.body, headers };
  };
  assert.deepEqual((await readSession({ req }, at({ fetch: send }))).setCookies, [RENEWED, CSRF]);
});

test("what a framework may keep of an answer it is told not to", async () => {
  const inits = [];
  const send = (url, init) => {
    inits.push(init);
    return fetch(url, init);
  };
  await getSession({ req }, at({ fetch: send }));
  assert.equal(inits[0].cache, "no-store");
});

test("a runtime that refuses the word cache is asked without it", async () => {
  const Real = globalThis.Request;
  globalThis.Request = class {
    constructor(_, init) {
      if (init?.cache) throw new Error("not implemented");
    }
  };
  const inits = [];
  try {
    await getSession({ req }, at({ fetch: (url, init) => fetch(url, (inits.push(init), init)) }));
  } finally {
    globalThis.Request = Real;
  }
  assert.equal("cache" in inits[0], false);
});

test("a token against forgery comes with its cookie", async () => {
  origin.answer = json({ csrfToken: "abc" }, { "set-cookie": CSRF });
  const answer = await through(async (request, response) => {
    assert.equal(await getCsrfToken({ req: request, res: response }, at()), "abc");
  });
  assert.deepEqual(answer.headers.getSetCookie(), [CSRF]);
  assert.deepEqual(await readCsrfToken({ req: { headers: {} } }, at()), { csrfToken: "abc", setCookies: [CSRF] });
  assert.deepEqual(origin.requests.map(({ method, url, headers }) => [method, url, headers.cookie]), [
    ["GET", "/api/auth/csrf", undefined],
    ["GET", "/api/auth/csrf", undefined],
  ]);
});

test("a token whose cookie has nowhere to go is told to the log", async () => {
  origin.answer = json({ csrfToken: "abc" }, { "set-cookie": CSRF });
  const { value, lines } = await logged(() => getCsrfToken({ req: { headers: {} } }, at()));
  assert.equal(value, "abc");
  assert.match(lines.join("\n"), /^\[hallpass\] getCsrfToken\(\) got a token for a browser that has no cookie.*\{ req, res \}/);
  origin.answer = json({ csrfToken: "abc" });
  assert.deepEqual(await logged(() => getCsrfToken({ req }, at())), { value: "abc", lines: [] });
});

test("no token is null, or an error where that is asked for", async () => {
  for (const data of [{}, null, { csrfToken: null }, { csrfToken: 7 }, [], "abc"]) {
    origin.answer = json(data);
    assert.equal((await logged(() => getCsrfToken({ req }, at()))).value, null);
    await assert.rejects(getCsrfToken({ req }, at({ onError: "throw" })), AskError);
    assert.equal((await readCsrfToken({ req }, at())).error.fault, "content");
  }
});

test("providers are listed for everybody, without a cookie", async () => {
  const urls = { signinUrl: "http://x/signin/github", callbackUrl: "http://x/callback/github" };
  const github = { id: "github", name: "GitHub", type: "oauth", ...urls };
  origin.answer = json({ github });
  assert.deepEqual(await getProviders(at()), { github });
  assert.deepEqual([origin.requests[0].url, origin.requests[0].headers.cookie], ["/api/auth/providers", undefined]);
  origin.answer = json({});
  assert.deepEqual(await getProviders(at()), {});
  for (const data of [null, [github], { github: "x" }, { github: null }, "x"]) {
    origin.answer = json(data);
    assert.equal((await logged(() => getProviders(at()))).value, null);
    await assert.rejects(getProviders(at({ onError: "throw" })), (error) => error.fault === "content");
  }
});

test("the address comes from the environment, the internal one first", async () => {
  const internal = await startOrigin();
  const both = { NEXTAUTH_URL_INTERNAL: internal.host, NEXTAUTH_URL: `${origin.host}/app/auth` };
  assert.deepEqual(await withEnvironment(both, () => getSession({ req })), SESSION);
  assert.deepEqual([internal.requests[0].url, origin.requests.length], ["/app/auth/session", 0]);
  assert.deepEqual(await withEnvironment({ NEXTAUTH_URL: `${origin.host}/app/auth` }, () => getSession({ req })), SESSION);
  assert.equal(origin.requests[0].url, "/app/auth/session");
  await internal.close();
});
