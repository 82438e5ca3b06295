// What the Client API's page says of the session callback, the redirect callback and `accessToken`, in the Next.js example.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ADA, PASSWORD } from "./example.mjs";
import { answer, open, openPagesApp, untilStatus } from "./pages-app.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const apps = [];
after(() => Promise.all(apps.map((app) => app.close())));

/** The example, asked by hallpass; its `docs` is the same app under another name. */
async function openAsked(settings = {}) {
  const app = await openPagesApp({
    mail: false,
    oidc: false,
    environment: (origin) => ({
      HALLPASS_HOOKS_SECRET: SECRET,
      OTHER_SITE: origin.replace("localhost", "127.0.0.1"),
    }),
    settings: (origin) => ({
      "hooks.url": `${origin}/api/hooks`,
      "hooks.secret": SECRET,
      "hooks.ask": ["jwt", "session", "redirect"],
      ...settings,
    }),
  });
  apps.push(app);
  return app;
}

/** Every session that this browser is shown: by a hook of React, by the server's rendering, and by an API route. */
async function shown(app, context) {
  const page = await open(app, context, "/ways");
  await untilStatus(page, "authenticated");
  const asked = await answer(page, "getSession");
  const rendered = await (await context.request.get(`${app.origin}/members`)).text();
  const { session } = await (await context.request.get(`${app.origin}/api/example`)).json();
  await page.close();
  return { asked, rendered, session };
}

test("the session callback adds to the session, wherever it is read", async () => {
  const app = await openAsked();
  const context = await app.contextOfAda();
  const { asked, rendered, session } = await shown(app, context);
  assert.equal(asked.signedInWith, "credentials");
  assert.equal(asked.user.email, ADA);
  assert.equal(typeof asked.user.id, "string");
  assert.deepEqual(session, asked);
  assert.ok(rendered.includes(`"id":"${asked.user.id}"`) && rendered.includes(`"signedInWith":"credentials"`));
  await context.close();
});

test("the redirect callback leads to the sites that it allows, and to no other", async () => {
  const [app] = apps;
  const other = app.origin.replace("localhost", "127.0.0.1");
  for (const [wish, leads] of [
    [`${other}/options?x=1`, `${other}/options?x=1`],
    [`${app.origin}/options`, `${app.origin}/options`],
    ["/options", `${app.origin}/options`],
    ["https://evil.example/", `${app.origin}/`],
    [`${other}.evil.example/`, `${app.origin}/`],
  ]) {
    const context = await app.context();
    const page = await context.newPage();
    await page.goto(`${app.origin}/api/auth/signin?callbackUrl=${encodeURIComponent(wish)}`);
    await page.getByLabel(/e-?mail/i).first().fill(ADA);
    await page.getByLabel(/password/i).first().fill(PASSWORD);
    await page.getByRole("button", { name: /^sign in/i }).last().click();
    await page.waitForURL(leads);
    const { csrfToken } = await (await context.request.get(`${app.origin}/api/auth/csrf`)).json();
    const out = await context.request.post(`${app.origin}/api/auth/signout`, {
      form: { csrfToken, callbackUrl: wish, json: "true" },
      headers: { origin: app.origin },
    });
    assert.equal(new URL((await out.json()).url).href, leads, wish);
    await context.close();
  }
});

test("an application that is down signs nobody in and nobody out", async () => {
  const [app] = apps;
  const context = await app.contextOfAda();
  const cookies = await context.cookies();
  const direct = `http://127.0.0.1:${app.port}/api/auth`;
  const headers = { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") };
  await app.app.stop();
  const read = await fetch(`${direct}/session`, { headers });
  assert.equal(read.status, 503);
  assert.equal(read.headers.get("set-cookie"), null);
  await context.close();
});

test("with the wire of version 3, a session of the database has an access token that stays and is the session's own", async () => {
  const app = await openAsked({ wire: "v3", "session.strategy": "database" });
  const tokens = [];
  for (let turn = 0; turn < 2; turn++) {
    const context = await app.contextOfAda();
    const { asked, session } = await shown(app, context);
    assert.match(asked.accessToken, /^[0-9a-f]{64}$/);
    assert.equal(session.accessToken, asked.accessToken);
    assert.deepEqual(Object.keys(asked).sort(), ["accessToken", "expires", "signedInWith", "user"]);
    const values = (await context.cookies()).map(({ value }) => value);
    assert.ok(!values.some((value) => value.includes(asked.accessToken)), "it is no cookie");
    tokens.push(asked.accessToken);
    await context.close();
  }
  assert.notEqual(tokens[0], tokens[1]);
});
