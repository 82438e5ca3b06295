// getProviderToken against a server that writes down what it is sent.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { server } from "./built.mjs";
import { json, startOrigin } from "./origin.mjs";

const { AskError, SetupError, getProviderToken } = server;

const SECRET = "a secret of the application's server";
const COOKIE = "next-auth.session-token=t; other=1";
const TOKEN = { accessToken: "at-1", expires: "2026-11-23T11:51:11.000Z", scope: "repo" };

let origin;
before(async () => (origin = await startOrigin()));
after(() => origin.close());
afterEach(() => (origin.requests.length = 0));

const ask = (cookie = COOKIE, provider = "github") =>
  getProviderToken({ req: { headers: { cookie } } }, provider, { url: origin.url, secret: SECRET });

test("it shows the secret and the cookie, and gives what was answered", async () => {
  origin.answer = json(TOKEN);
  assert.deepEqual(await ask(), { status: "ready", ...TOKEN });
  const [request] = origin.requests;
  assert.equal(request.headers.authorization, `Bearer ${SECRET}`);
  assert.equal(request.headers.cookie, COOKIE);
  assert.ok(request.url.endsWith("/provider-token/github"), request.url);
});

test("a provider's id cannot lead to another path", async () => {
  origin.answer = json(TOKEN);
  await ask(COOKIE, "../session?x=");
  assert.ok(origin.requests[0].url.endsWith("/provider-token/..%2Fsession%3Fx%3D"), origin.requests[0].url);
});

test("why there is none is a word, and a fault of the moment is none of them", async () => {
  for (const [status, word] of [
    [401, "unauthenticated"],
    [404, "missing"],
    [409, "expired"],
    [403, "unknown"],
    [503, "unknown"],
  ]) {
    origin.answer = json({ message: "no" }, {}, status);
    const answer = await ask();
    assert.deepEqual([answer.status, answer.accessToken], [word, null], String(status));
    if (word === "unknown") assert.ok(answer.error instanceof AskError && !answer.error.message.includes(SECRET));
  }
  origin.answer = json({ token: "no" });
  assert.equal((await ask()).status, "unknown");
});

test("without a cookie nobody is asked, and without a secret the way out is said", async () => {
  assert.equal((await ask("")).status, "unauthenticated");
  assert.equal(origin.requests.length, 0);
  await assert.rejects(getProviderToken({ req: { headers: { cookie: COOKIE } } }, "github", { url: origin.url }), (error) => {
    assert.ok(error instanceof SetupError && error.message.includes("HALLPASS_PROVIDER_TOKENS_SECRET"));
    return true;
  });
});
