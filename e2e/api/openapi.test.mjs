// /openapi.json is what it says it is, and what a person does is answered as it describes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { ADA, APPLICATION, Jar, everything } from "./ground.mjs";

/** Holds answers against a description, and counts what was seen of it. */
class Description {
  seen = new Set();

  constructor(document) {
    this.document = document;
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(this.ajv);
    this.ajv.addSchema({ $id: "description", ...document });
  }

  /** The operation of a request: the longest template without a parameter wins. */
  operation(method, path) {
    const fits = ([template]) =>
      new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, "[^/]+")}$`).test(path);
    const [[template, item] = []] = Object.entries(this.document.paths)
      .filter(fits)
      .sort(([a], [b]) => a.split("{").length - b.split("{").length);
    return [template, item?.[method.toLowerCase()]];
  }

  async check(method, path, answer) {
    const [template, operation] = this.operation(method, path.split("?")[0]);
    const where = `${method} ${path}: ${answer.status}`;
    assert.ok(operation, `${where}: not described`);
    const described = operation.responses[answer.status];
    assert.ok(described, `${where}: the status is not described`);
    const [type] = (answer.headers.get("content-type") ?? "").split(";");
    const text = await answer.clone().text();
    for (const [name, { $ref }] of Object.entries(described.headers ?? {})) {
      const header = this.document.components.headers[$ref.split("/").at(-1)];
      const value = answer.headers.get(name);
      assert.ok(value !== null || !header.required, `${where}: ${name} is missing`);
      if (value !== null && name !== "Set-Cookie") this.fits(["components", "headers", $ref.split("/").at(-1), "schema"], value, where);
    }
    if (type === "") {
      assert.equal(text, "", `${where}: a body without a type`);
    } else {
      assert.ok(described.content?.[type], `${where}: ${type} is not described`);
      const at = ["paths", template, method.toLowerCase(), "responses", String(answer.status), "content", type, "schema"];
      this.fits(at, type === "application/json" ? JSON.parse(text) : text, where);
    }
    this.seen.add(`${operation.operationId} ${answer.status}`);
    return answer;
  }

  fits(place, value, where) {
    const pointer = place.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
    const validate = this.ajv.getSchema(`description#/${pointer}`);
    assert.ok(validate(value), `${where}: ${this.ajv.errorsText(validate.errors)}`);
  }
}

/** A browser whose every answer is held against the description. */
class Watched extends Jar {
  constructor(hallpass, description) {
    super(hallpass.base);
    this.description = description;
  }

  async ask(path, init = {}) {
    const answer = await super.ask(path, init);
    return this.description.check(init.method ?? "GET", `/api/auth${path}`, answer);
  }
}

async function described(hallpass) {
  const answer = await fetch(`${hallpass.url}/openapi.json`);
  assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
  return new Description(await answer.json());
}

for (const [wire, strategy] of [
  ["v3", "jwt"],
  ["v3", "database"],
  ["v4", "jwt"],
  ["v5", "jwt"],
]) {
  const settings = { wire, "session.strategy": strategy };
  test(`under ${wire}, with ${strategy} sessions, the description is valid OpenAPI 3.1`, () =>
    everything(settings, async (hallpass) => {
      const { document } = await described(hallpass);
      const validator = new Validator();
      const { valid, errors } = await validator.validate(document);
      assert.ok(valid, JSON.stringify(errors));
      assert.equal(validator.version, "3.1");
      const own = await (await fetch(`${hallpass.base}/openapi.json`)).json();
      for (const path of Object.keys(own.paths)) assert.deepEqual(own.paths[path], document.paths[path]);
      assert.equal("accessToken" in document.components.schemas.Session.properties, strategy === "database");
    }));

  test(`under ${wire}, with ${strategy} sessions, what people do is answered as it is described`, () =>
    everything(settings, async (hallpass, { smtp }) => {
      const description = await described(hallpass);
      await nobody(hallpass, description);
      await somebody(hallpass, description, smtp);
      await besides(hallpass, description);
      for (const told of SEEN) assert.ok(description.seen.has(told), `${told} was not seen: ${[...description.seen]}`);
    }));
}

/** What has to have come up on the way, so that the walk cannot pass by standing still. */
const SEEN = [
  "getSession 200",
  "updateSession 200",
  "updateSession 400",
  "getToken 200",
  "getToken 401",
  "getToken 403",
  "getProviderToken 200",
  "getProviderToken 401",
  "getProviderToken 403",
  "getProviderToken 404",
  "signUp 200",
  "signUp 400",
  "signIn 302",
  "signIn 200",
  "signOut 302",
  "signOut 403",
  "postCallback 200",
  "postCallback 302",
  "postCallback 413",
  "postCallback 415",
  "callback 200",
  "callback 302",
  "passwordPage 200",
  "passwordPage 302",
  "changePassword 200",
  "changePassword 302",
  "changePassword 400",
  "changePassword 401",
  "passwordResetPage 200",
  "requestPasswordReset 200",
  "requestPasswordReset 302",
  "requestPasswordReset 400",
  "newPasswordPage 200",
  "newPasswordPage 302",
  "newPasswordPage 403",
  "setPassword 200",
  "setPassword 302",
  "setPassword 400",
  "setPassword 403",
  "errorPage 500",
  "reportClientError 200",
  "getCsrfToken 400",
  "getCsrfToken 431",
];

/** As the application's server asks, which alone has the secret. */
const FROM_THE_APPLICATION = { headers: { authorization: `Bearer ${APPLICATION}` } };

async function nobody(hallpass, description) {
  const jar = new Watched(hallpass, description);
  const pages = ["/signin", "/signin/email", "/signup", "/signout", "/verify-request", "/signin?error=OAuthSignin", "/password", "/password/reset", "/password/reset?sent=true", "/password/new?token=x&email=y"];
  const codes = ["Configuration", "AccessDenied", "Verification", "Default", "CredentialsSignin", "SessionRequired"];
  const errors = codes.flatMap((code) => [`/error?error=${code}`, `/error/${code}`]);
  const callbacks = ["/callback/example?state=x&code=y", "/callback/email?token=x&email=y", "/callback/example"];
  const data = ["/session", "/csrf", "/providers", "/jwks", "/token", "/openapi.json"];
  for (const path of [...pages, ...errors, ...callbacks, ...data]) {
    for (const headers of [{}, { accept: "text/html" }, { "x-auth-return-redirect": "1" }]) await jar.ask(path, { headers });
  }
  await jar.ask("/csrf?a=1&a=2");
  await jar.ask("/provider-token/example");
  await jar.ask("/provider-token/example", FROM_THE_APPLICATION);
  const heavy = new Watched(hallpass, description);
  for (let n = 0; n < 10; n += 1) heavy.cookies.set(`c${n}`, "x".repeat(4000));
  await heavy.ask("/csrf");
  await jar.ask("/_log", { method: "POST", body: new URLSearchParams({ code: "X" }) });
  await jar.ask("/_log", { method: "POST", headers: { "content-type": "text/plain" }, body: "anything" });
}

async function somebody(hallpass, description, smtp) {
  const ada = new Watched(hallpass, description);
  await ada.signUp();
  for (const path of ["/session", "/token", "/password", "/password?done=true"]) await ada.ask(path);
  await ada.post("/session");
  await ada.ask("/session", { method: "POST", body: new URLSearchParams({ csrfToken: "0".repeat(64) }) });
  for (const site of ["cross-site", "same-site"]) {
    await ada.ask("/token", { headers: { "sec-fetch-site": site } });
    await ada.post("/signout", {}, { "sec-fetch-site": site });
    await ada.post("/signout", { json: "true" }, { "sec-fetch-site": site });
  }
  for (const password of [ADA.password, "wrong"]) {
    for (const json of ["true", "false"]) await ada.post("/callback/credentials", { email: ADA.email, password, json });
  }
  for (const json of ["true", "false"]) {
    await ada.post("/signup", { ...ADA, json });
    await ada.post("/signup", { email: "no address", password: "x", json });
    await ada.post("/signin/example", { json });
    await ada.post("/signin/credentials", { json });
    await ada.post("/signin/email", { email: ADA.email, json });
    await ada.post("/signin/email", { email: "no address", json });
  }
  await provider(ada);
  for (const password of ["open sesame", "wrong"]) {
    const directory = new Watched(hallpass, description);
    for (const json of ["true", "false"]) await directory.post("/callback/ldap", { username: "ada", password, json });
  }
  const { search, token, email } = await link(smtp);
  await ada.ask(`/callback/email${search}`);
  const fields = { token, email, json: "true" };
  await ada.post("/callback/email", fields);
  await ada.post("/callback/email", fields);
  await passwords(ada, smtp);
  await ada.post("/signout", { json: "true" });
  await ada.post("/signout");
}

/** Adds an account of the provider, and has the application ask for its token before and after. */
async function provider(ada) {
  await ada.ask("/provider-token/example", FROM_THE_APPLICATION);
  let { url } = await (await ada.post("/signin/example", { json: "true" })).json();
  const there = new Jar("");
  while (!url.startsWith(ada.base)) {
    const form = { method: "POST", body: new URLSearchParams({ login: "ada" }) };
    const answer = await there.ask(url, url.includes("/interaction/") ? form : {});
    url = new URL(answer.headers.get("location"), url).href;
  }
  await ada.ask(url.slice(ada.base.length));
  await ada.ask("/provider-token/example", FROM_THE_APPLICATION);
}

/** The parts of the link in the newest mail. */
async function link(smtp) {
  const answer = await fetch(`http://127.0.0.1:${smtp.facts.control}/messages`);
  const [url] = /http\S+/.exec((await answer.json()).at(-1).text);
  const { searchParams, search } = new URL(url);
  return { search, token: searchParams.get("token"), email: searchParams.get("email") };
}

async function passwords(ada, smtp) {
  let currentPassword = ADA.password;
  for (const json of ["true", "false"]) {
    await ada.post("/password/reset", { email: "no address", json });
    await ada.post("/password/reset", { email: "nobody@mail.example", json });
    await ada.post("/password/reset", { email: ADA.email, json });
    const { search, token, email } = await link(smtp);
    await ada.ask(`/password/new${search}`);
    for (const newPassword of ["short", "set by a link", "once only"]) await ada.post("/password/new", { token, email, newPassword, json });
    await ada.post("/password", { currentPassword, newPassword: "of nobody", json });
    await ada.post("/callback/credentials", { email, password: "set by a link", json });
    currentPassword = "set by a link";
    for (const newPassword of ["short", "changed by hand"]) {
      await ada.post("/password", { currentPassword: "wrong", newPassword, json });
      await ada.post("/password", { currentPassword, newPassword, json });
    }
  }
}

async function besides(hallpass, description) {
  const jar = new Watched(hallpass, description);
  const post = (path, type, body) => jar.ask(path, { method: "POST", headers: { "content-type": type }, body });
  for (const path of ["/callback/credentials", "/signin/email", "/signout", "/signup", "/session", "/password", "/password/reset", "/password/new"]) {
    await post(path, "application/x-www-form-urlencoded", `a=${"x".repeat(70_000)}`);
    await post(path, "text/plain", "x");
    await post(path, "application/json", "{");
    await post(path, "application/json", "{}");
  }
  for (const path of ["/healthz", "/readyz", "/openapi.json"]) {
    const answer = await fetch(`${hallpass.url}${path}`);
    const [, operation] = description.operation("GET", path);
    assert.ok(operation.responses[answer.status].content[answer.headers.get("content-type").split(";")[0]], path);
  }
}
