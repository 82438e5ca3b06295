// Where is asked, as the environment and the options say.
import assert from "node:assert/strict";
import { test } from "node:test";
import { server, withEnvironment } from "./built.mjs";

const { readSession } = server;

/** What would be asked for, with these variables and options; nothing is sent. */
async function asked(variables, options = {}) {
  const urls = [];
  const fetch = async (url) => (urls.push(url), Response.json({}));
  const { status, error } = await withEnvironment(variables, () =>
    readSession({ headers: { cookie: "a=b" } }, { fetch, ...options }),
  );
  return status === "unknown" ? error : urls[0].replace(/\/session$/, "");
}

test("values that are no address are named, and never shown", async () => {
  const schemes = ["ftp://example.com", "javascript://x", "file:///etc", "http:example.com"];
  for (const value of [...schemes, "https://", "http://exa mple", "http://[", "https://:80"]) {
    for (const error of [await asked({ NEXTAUTH_URL: value }), await asked({}, { url: value })]) {
      assert.equal(error?.fault, "address", value);
      assert.match(error.message, /: (NEXTAUTH_URL|the option `url`) .*https:\/\/host/);
    }
  }
  const { message } = await asked({ HALLPASS_URL_INTERNAL: "http://user:hunter2@10.0.0.1" });
  assert.match(message, /: HALLPASS_URL_INTERNAL holds a user's name or password/);
  assert.ok(!message.includes("hunter2"));
});

test("an address is read as people write it", async () => {
  for (const [value, expected] of [
    [undefined, "http://localhost:3000/api/auth"],
    ["", "http://localhost:3000/api/auth"],
    ["  ", "http://localhost:3000/api/auth"],
    ["https://example.com", "https://example.com/api/auth"],
    [" https://example.com/ ", "https://example.com/api/auth"],
    ["https://example.com/app", "https://example.com/app"],
    ["https://example.com/app/api/auth//", "https://example.com/app/api/auth"],
    ["https://example.com/api/auth?x=1#y", "https://example.com/api/auth"],
    ["HTTP://X.com", "http://x.com/api/auth"],
    ["HttpS://X.com:8443/A", "https://x.com:8443/A"],
    ["example.com", "https://example.com/api/auth"],
    ["//example.com/auth", "https://example.com/auth"],
    ["example.com:8443/auth", "https://example.com:8443/auth"],
    ["localhost:4000", "http://localhost:4000/api/auth"],
    ["127.0.0.1", "http://127.0.0.1/api/auth"],
    ["[::1]:3000/auth", "http://[::1]:3000/auth"],
    ["localhost.example.com", "https://localhost.example.com/api/auth"],
    ["/api/custom", "http://localhost:3000/api/custom"],
  ]) {
    const variables = value === undefined ? {} : { NEXTAUTH_URL: value };
    assert.equal(await asked(variables), expected, value);
    assert.equal(await asked({}, { url: value }), expected, value);
  }
});

test("the first variable that is set counts, an empty one does not", async () => {
  const names = ["HALLPASS_URL_INTERNAL", "NEXTAUTH_URL_INTERNAL", "HALLPASS_URL", "NEXTAUTH_URL", "AUTH_URL", "VERCEL_URL"];
  const all = Object.fromEntries(names.map((name, index) => [name, `https://host${index}.example`]));
  for (const [index, name] of names.entries()) {
    assert.equal(await asked(all), `https://host${index}.example/api/auth`);
    all[name] = "";
  }
  assert.equal(await asked({ NEXTAUTH_URL: "https://a.example" }, { url: "https://b.example" }), "https://b.example/api/auth");
});

test("a base path is found where it is written, nearest first", async () => {
  const internal = { HALLPASS_URL_INTERNAL: "http://10.0.0.1:3000" };
  for (const [variables, options, expected] of [
    [{ ...internal, NEXTAUTH_URL: "https://example.com/app" }, {}, "http://10.0.0.1:3000/app"],
    [{ ...internal, NEXTAUTH_URL: "https://example.com/app", HALLPASS_BASE_PATH: "/auth" }, {}, "http://10.0.0.1:3000/auth"],
    [{ ...internal, NEXTAUTH_URL: "not a url" }, {}, "http://10.0.0.1:3000/api/auth"],
    [{ NEXTAUTH_URL_INTERNAL: "/internal", NEXTAUTH_URL: "https://example.com/app" }, {}, "https://example.com/internal"],
    [{ HALLPASS_BASE_PATH: "auth/" }, {}, "http://localhost:3000/auth"],
    [{ HALLPASS_BASE_PATH: "/" }, {}, "http://localhost:3000"],
    [{ NEXTAUTH_URL: "https://example.com/app" }, { basePath: "/own/" }, "https://example.com/own"],
    [{ NEXTAUTH_URL: "https://example.com/app" }, { basePath: "" }, "https://example.com/app"],
    [{}, { url: "https://example.com/app", basePath: "//evil.example" }, "https://example.com//evil.example"],
    [{}, { url: "https://example.com", basePath: "/a?b#c" }, "https://example.com/a"],
  ]) {
    assert.equal(await asked(variables, options), expected, JSON.stringify([variables, options]));
  }
});
