// The server's functions with the real hallpass.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freePort, startHallpass } from "../../../../e2e/browser/processes.mjs";
import { logged, server, withEnvironment } from "./built.mjs";
import { through } from "./origin.mjs";

const { getCsrfToken, getProviders, getSession, getToken, readCsrfToken, readSession } = server;

const SECRET = "a-server-test-secret-that-is-long-enough-7d21";
const ADA = { name: "Ada Lovelace", email: "ada.lovelace@mail.example", password: "enchantress of numbers" };

let hallpass;
let environment;
before(async () => {
  const port = await freePort();
  const site = `http://localhost:${port}`;
  environment = { NEXTAUTH_URL: site, HALLPASS_URL_INTERNAL: `http://127.0.0.1:${port}`, NEXTAUTH_SECRET: SECRET };
  const settings = {
    mode: "production",
    url: site,
    secret: SECRET,
    database: "sqlite:hallpass.db",
    "password.enabled": true,
    "password.sign_up": true,
    "session.update_age": "0s",
  };
  hallpass = await startHallpass({ port, settings });
});
after(() => hallpass.close());

/** A browser's cookies, as far as this test needs them. */
class Jar {
  cookies = new Map();
  get req() {
    return { headers: { cookie: [...this.cookies].map((pair) => pair.join("=")).join("; ") } };
  }
  take(setCookies) {
    for (const line of setCookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
  async post(path, fields) {
    const { csrfToken, setCookies } = await readCsrfToken(this.req);
    this.take(setCookies);
    const answer = await fetch(`${environment.HALLPASS_URL_INTERNAL}/api/auth${path}`, {
      method: "POST",
      redirect: "manual",
      headers: this.req.headers,
      body: new URLSearchParams({ csrfToken, ...fields }),
    });
    await answer.text();
    this.take(answer.headers.getSetCookie());
    return answer;
  }
}

test("whoever signed up is known to getSession and getToken, until the sign-out", async () => {
  await withEnvironment(environment, async () => {
    const jar = new Jar();
    assert.equal(await getSession({ req: jar.req }), null);
    const signedUp = await jar.post("/signup", ADA);
    assert.equal(signedUp.status, 302, await signedUp.headers.get("location"));
    const { status, session, setCookies } = await readSession({ req: jar.req });
    assert.deepEqual([status, session.user], ["authenticated", { name: ADA.name, email: ADA.email }]);
    assert.ok(Date.parse(session.expires) > Date.now());
    assert.match(setCookies.join("\n"), /^next-auth\.session-token=/m);

    const claims = await getToken({ req: jar.req });
    assert.deepEqual([claims.name, claims.email], [ADA.name, ADA.email]);
    assert.match(claims.sub, /^.{8,}$/);
    assert.equal(await getToken({ req: jar.req, secret: `${SECRET}x` }), null);
    const renewed = setCookies[0].slice(setCookies[0].indexOf("=") + 1).split(";")[0];
    assert.equal((await getToken({ req: { headers: { authorization: `Bearer ${renewed}` } } })).sub, claims.sub);

    const before = jar.req;
    await jar.post("/signout", {});
    assert.equal(await getSession({ req: jar.req }), null);
    assert.equal(await getToken({ req: jar.req }), null);
    assert.equal(await getSession({ req: before }), null, "a copy of the cookie is refused by who ended it");
  });
});

test("a page that reads the session hands on its prolongation", async () => {
  await withEnvironment(environment, async () => {
    const jar = new Jar();
    await jar.post("/signup", { ...ADA, email: "grace@mail.example" });
    const answer = await through(async (req, res) => assert.ok(await getSession({ req, res })), { headers: jar.req.headers });
    const [line] = answer.headers.getSetCookie().filter((set) => set.startsWith("next-auth.session-token="));
    assert.notEqual(line.slice(25).split(";")[0], jar.cookies.get("next-auth.session-token"));
    jar.take([line]);
    assert.equal((await getSession({ req: jar.req })).user.email, "grace@mail.example");
  });
});

test("the csrf token of a first visit is good with the cookie it brings, and without it is not", async () => {
  await withEnvironment(environment, async () => {
    let csrfToken;
    const page = await through(async (req, res) => {
      csrfToken = await getCsrfToken({ req, res });
    });
    const post = async (setCookies) => {
      const jar = new Jar();
      jar.take(setCookies);
      const answer = await fetch(`${environment.HALLPASS_URL_INTERNAL}/api/auth/callback/credentials`, {
        method: "POST",
        redirect: "manual",
        headers: jar.req.headers,
        body: new URLSearchParams({ csrfToken, email: "nobody@mail.example", password: "wrong password" }),
      });
      return answer.headers.get("location");
    };
    assert.match(await post(page.headers.getSetCookie()), /error=CredentialsSignin/);
    assert.match(await post([]), /csrf=true/);
  });
});

test("the providers are those of the configuration", async () => {
  const { credentials, ...others } = await withEnvironment(environment, () => getProviders());
  assert.deepEqual([credentials.id, credentials.type, others], ["credentials", "credentials", {}]);
});

test("a wrong base path is told as such", async () => {
  const options = { basePath: "/auth", url: environment.HALLPASS_URL_INTERNAL };
  const { value, lines } = await logged(() => getSession({ headers: { cookie: "a=b" } }, options));
  assert.equal(value, null);
  assert.match(lines.join("\n"), /GET http:\/\/127\.0\.0\.1:\d+\/auth\/session: 404 .*Does hallpass answer there\?/);
});
