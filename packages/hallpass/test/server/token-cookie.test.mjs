// getToken: where in a request a token is looked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { server, withEnvironment } from "./built.mjs";
import { claims, sealed } from "./forge.mjs";

const { getToken } = server;
const COOKIE = "next-auth.session-token";
const SECURE = `__Secure-${COOKIE}`;

const token = sealed(claims({ name: "x".repeat(8000) }));
const small = sealed(claims());

const cut = (size, value = token) => value.match(new RegExp(`.{1,${size}}`, "g"));

const find = (req, options = {}) =>
  withEnvironment({}, () => getToken({ req, secret: "topsecret", secureCookie: false, ...options }));
const sub = async (req, options) => (await find(req, options))?.sub;
const inHeader = (...pairs) => ({ headers: { cookie: pairs.join("; ") } });

test("pieces that are missing, doubled, too many or oddly numbered are nobody", async () => {
  const [a, b, c] = cut(3933).map((piece, index) => [`${COOKIE}.${index}`, piece]);
  const line = (...pairs) => inHeader(...pairs.map((pair) => pair.join("=")));
  assert.equal(await sub(line(a, b, c)), "7");
  assert.equal(await sub(line(a, b)), undefined);
  assert.equal(await sub(line(b, c)), undefined);
  assert.equal(await sub(line(a, c)), undefined);
  assert.equal(await sub(line(a, b, c, c)), undefined);
  assert.equal(await sub(line(a, b, c, [`${COOKIE}.4`, "x"])), undefined);
  assert.equal(await sub(line(a, b, c, [`${COOKIE}.99`, "x"])), undefined);
  assert.equal(await sub(line([`${COOKIE}.00`, token])), undefined);
  for (const odd of [".01", ".+1", ".1 ", ".-1", ".１", ".1e0", ".", ".x"]) {
    assert.equal(await sub(line(a, [`${COOKIE}${odd}`, b[1]], c)), undefined, odd);
  }
  // Unopened they would show what was put together of them.
  for (const indices of [[1], [0, 2], [0, 0], [0, 2, 2], [0, 1, 16]]) {
    const req = line(...indices.map((index) => [`${COOKIE}.${index}`, "x"]));
    assert.equal(await find(req, { raw: true }), null, String(indices));
  }
  const many = cut(8, small).map((piece, index) => [`${COOKIE}.${index}`, piece]);
  assert.ok(many.length > 16);
  assert.equal(await sub(line(...many)), undefined);
});

test("pieces are put together by their number, beside other cookies that start alike", async () => {
  const pieces = cut(1500).map((piece, index) => `${COOKIE}.${index}=${piece}`);
  assert.ok(pieces.length > 7);
  assert.equal(await sub(inHeader(`${COOKIE}-other=x`, ...pieces.reverse(), `${COOKIE}.x=y`, `${COOKIE}.0.0=z`)), "7");
});

test("a whole cookie counts more than pieces left over", async () => {
  assert.equal(await sub(inHeader(`${COOKIE}.0=stale`, `${COOKIE}=${small}`)), "7");
});

test("a cookie that comes twice is nobody's", async () => {
  assert.equal(await sub(inHeader(`${COOKIE}=${small}`, `${COOKIE}=${small}`)), undefined);
  const req = { headers: { cookie: [`${COOKIE}=${small}`, `${COOKIE}=x`] } };
  assert.equal(await sub(req), undefined);
});

test("a name that only looks like the cookie's is another cookie", async () => {
  for (const name of [`\u00a0${COOKIE}`, `${COOKIE}\u00a0`, `${COOKIE} `, COOKIE.toUpperCase(), `x${COOKIE}`, `"${COOKIE}"`]) {
    assert.equal(await sub(inHeader(`${name}=${small}`)), undefined, name);
  }
});

test("quotes, malformed percent-encoding and too much of it are nobody", async () => {
  for (const value of [`"${small}"`, `${small}%`, `${small}%zz`, "%E0%A4%A", `${small}%00`]) {
    assert.equal(await sub(inHeader(`${COOKIE}=${value}`)), undefined, value.slice(-8));
  }
  assert.equal(await sub(inHeader(`${COOKIE}=${small.replaceAll(".", "%2E")}`)), "7");
  assert.equal(await sub(inHeader(`a=${"x".repeat(33_000)}`, `${COOKIE}=${small}`)), undefined);
  assert.equal(await find(inHeader(`${COOKIE}=${"x".repeat(32_760)}`), { raw: true }), null);
});

test("all forms in which frameworks hand over cookies are read", async () => {
  const headers = new Headers({ cookie: `${COOKIE}=${small}` });
  const list = [{ name: COOKIE, value: small }];
  const requestCookies = {
    get: (name) => list.find((cookie) => cookie.name === name),
    getAll: () => list,
    [Symbol.iterator]: () => list.map((cookie) => [cookie.name, cookie])[Symbol.iterator](),
  };
  const pieces = cut(100, small).map((piece, index) => [`${COOKIE}.${index}`, piece]);
  for (const [form, req] of Object.entries({
    "the Web's request": new Request("http://localhost/", { headers }),
    "the Web's headers": { headers },
    "Node's headers": inHeader(`${COOKIE}=${small}`),
    "headers in capitals": { headers: { Cookie: `${COOKIE}=${small}` } },
    "an object of cookies": { headers: {}, cookies: { [COOKIE]: small, other: undefined } },
    "cookies without headers": { cookies: { [COOKIE]: small } },
    "pieces in an object": { cookies: Object.fromEntries(pieces) },
    "a Map": { headers: {}, cookies: new Map([[COOKIE, small]]) },
    "Next's cookies": { headers: new Headers(), cookies: requestCookies },
  })) {
    assert.equal(await sub(req), "7", form);
  }
  const ctx = { req: inHeader(`${COOKIE}=${small}`) };
  assert.equal((await getToken({ ctx, secret: "topsecret", secureCookie: false })).sub, "7");
});

test("odd requests are nobody's and throw nothing", async () => {
  const headers = [null, "x", { cookie: 7 }, { cookie: [7] }, new Map()];
  const cookies = [null, "x", { [COOKIE]: 7 }, new Map([[COOKIE, null]])];
  for (const odd of [{}, ...headers.map((given) => ({ headers: given })), ...cookies.map((given) => ({ cookies: given }))]) {
    assert.equal(await find(odd), null);
  }
});

test("Authorization: Bearer is read where there is no cookie, and only there", async () => {
  const authorization = `Bearer ${small}`;
  assert.equal(await sub({ headers: { authorization } }), "7");
  assert.equal(await sub({ headers: new Headers({ authorization }) }), "7");
  assert.equal(await sub({ headers: { authorization: `bearer  ${encodeURIComponent(small)}` } }), "7");
  assert.equal(await sub({ headers: { authorization, cookie: `${COOKIE}=x` } }), undefined);
  const long = `Bearer ${"x".repeat(33_000)}`;
  for (const odd of ["Bearer", "Bearer ", `Basic ${small}`, "Bearer %E0%A4%A", `Bearer ${small} x`, `Bearer${small}`, long]) {
    assert.equal(await sub({ headers: { authorization: odd } }), undefined, odd.slice(0, 20));
  }
});

test("over https only the cookie counts that a browser takes from https", async () => {
  const read = (variables, cookie, options) =>
    withEnvironment(variables, () => getToken({ req: inHeader(cookie), secret: "topsecret", ...options }));
  const [plain, secure] = [`${COOKIE}=${small}`, `${SECURE}=${small}`];
  for (const [variables, options] of [
    [{ HALLPASS_URL: "https://example.com" }],
    [{ NEXTAUTH_URL: "HTTPS://example.com/app" }],
    [{ AUTH_URL: "example.com" }],
    [{ VERCEL_URL: "x.example.com" }],
    [{}, { secureCookie: true }],
    [{ NEXTAUTH_URL: "http://localhost:3000" }, { secureCookie: true }],
    [{ HALLPASS_URL_INTERNAL: "http://10.0.0.1", NEXTAUTH_URL: "https://example.com" }],
  ]) {
    assert.equal(await read(variables, plain, options), null, JSON.stringify(variables));
    assert.equal((await read(variables, secure, options))?.sub, "7", JSON.stringify(variables));
  }
  assert.equal(await read({ NEXTAUTH_URL: "http://localhost:3000" }, secure), null);
  assert.equal((await read({ NEXTAUTH_URL: "http://localhost:3000" }, plain)).sub, "7");
  // Where nothing says which it is either is read, and the one for https decides.
  assert.equal((await read({}, plain)).sub, "7");
  assert.equal((await read({}, secure)).sub, "7");
  assert.equal(await read({}, `${plain}; ${SECURE}=x`), null);
});

test("a cookie of Auth.js 5 is read where it is named, for hallpass clears it at no sign-out", async () => {
  const req = inHeader(`authjs.session-token=${small}`);
  assert.equal(await sub(req), undefined);
  assert.equal(await sub(req, { cookieName: [COOKIE, "authjs.session-token"] }), "7");
});

test("raw gives the token as it came, a database session's too, and needs no secret", async () => {
  const raw = (req) => withEnvironment({}, () => getToken({ req, raw: true }));
  assert.equal(await raw(inHeader(`${COOKIE}=0123abcd`)), "0123abcd");
  assert.equal(await raw(inHeader(...cut(3933).map((piece, index) => `${COOKIE}.${index}=${piece}`))), token);
  assert.equal(await raw({ headers: {} }), null);
});
