// Odd arguments, props and options. What Rust has no words for is not played there; its own are in `e2e/rust/odd-arguments.test.mjs`.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { ADA, IN_RUST, PASSWORD, SHELL, call, openGround, passes, signInHere, until } from "./ground.mjs";
import { trying } from "./trying.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
const tried = trying(() => ground);

const asked = (what = "GET /session") => ground.gate.count(what);
const time = (context, seconds) => passes(ground, context, seconds);

// Read in the page: an event cannot be sent there.
const ODD = `[null, undefined, 7, NaN, true, "text", "", {}, [], [1], () => {}, new MouseEvent("click"), { req: null }, { req: 7 },
  { req: { headers: null } }, { ctx: null }, Object.create(null), new Date(), { redirect: 0, callbackUrl: null }]`;

tried(
  "odd arguments of what reads change nothing",
  async ({ open, library }) => {
    const page = await open();
    await until(page, "unauthenticated");
    const results = await page.evaluate(async (odd) => {
      const { getSession, getCsrfToken, getProviders } = window.api;
      const token = await getCsrfToken();
      const ways = JSON.stringify(await getProviders());
      const wrong = [];
      for (const word of eval(odd)) {
        const told = [await getSession(word), await getCsrfToken(word), JSON.stringify(await getProviders(word))];
        if (told[0] !== null || told[1] !== token || told[2] !== ways) wrong.push(String(word), told);
      }
      return wrong;
    }, ODD);
    assert.deepEqual(results, [], library);
    return page;
  },
  { rust: [] },
);

tried(
  "odd options are none",
  async ({ open }) => {
    const page = await open();
    await until(page, "unauthenticated");
    await page.evaluate((odd) => {
      for (const word of eval(odd)) window.api.setOptions(word);
      for (const word of eval(odd)) window.api.setOptions({ clientMaxAge: word, keepAlive: word, focusWindow: word });
      window.api.setOptions({ basePath: null, baseUrl: null });
    }, ODD);
    assert.equal((await signInHere(page)).ok, true);
    await until(page, "authenticated");
    return page;
  },
  { libraries: ["hallpass/client", "hallpass/session"], rust: [] },
);

tried(
  "whatever a base path begins with, it is a path of this site: no password leaves it",
  async ({ open }) => {
    const page = await open();
    await until(page, "unauthenticated");
    const went = [];
    page.on("request", (request) => went.push(new URL(request.url())));
    for (const base of ["//elsewhere.example", "\\\\elsewhere.example", "/\t/elsewhere.example", "https://elsewhere.example"]) {
      await call(page, "setOptions", { basePath: `${base}/api/auth` });
      await call(page, "signIn", "credentials", { redirect: false, email: ADA, password: PASSWORD });
      await call(page, "getSession");
    }
    assert.deepEqual([...new Set(went.map(({ origin }) => origin))], [ground.origin]);
    assert.ok(went.some(({ pathname }) => pathname === "/elsewhere.example/api/auth/session"), went.join("\n"));
    return page;
  },
  { libraries: ["hallpass/client", "hallpass/session"], rust: SHELL },
);

tried(
  "slashes and blanks around a base path are left out, and without one it stays",
  async ({ open }) => {
    const page = await open();
    await until(page, "unauthenticated");
    await page.evaluate(() => history.replaceState(null, "", "/deep/down/"));
    for (const basePath of ["", "api/auth", "api/auth/", "//api/auth//", "\t/api/auth"]) {
      await call(page, "setOptions", { basePath });
      assert.ok((await call(page, "getProviders"))?.credentials, JSON.stringify(basePath));
    }
    return page;
  },
  { libraries: ["hallpass/client", "hallpass/session"], rust: SHELL },
);

for (const session of [7, "text", true, [], {}, 0, ""]) {
  tried(
    `a session prop of ${JSON.stringify(session)}`,
    async ({ context, open }) => {
      const page = await open({ session });
      await time(context, 2);
      await call(page, "getSession");
      await until(page, "authenticated");
      return page;
    },
    { as: ADA, clock: true },
  );
}

for (const options of [
  null,
  7,
  "text",
  [],
  { clientMaxAge: "soon", keepAlive: -1 },
  { keepAlive: 1e300 },
  { basePath: 7 },
]) {
  tried(
    `options of ${JSON.stringify(options)}`,
    async ({ context, open }) => {
      const page = await open({ options });
      await time(context, 3);
      await page.waitForFunction(() => document.getElementById("who-0")?.dataset.status !== "loading");
      assert.ok(asked() <= 3, `${asked()} requests`);
      return page;
    },
    {
      libraries: ["hallpass/client", "hallpass/react"],
      rust: options?.keepAlive > 0 ? IN_RUST : [],
      as: ADA,
      clock: true,
    },
  );
}

for (const provider of [
  "null",
  "undefined",
  "7",
  "{}",
  "[]",
  "new MouseEvent('click')",
  "'toString'",
  "'__proto__'",
  "'nobody/../x'",
  "''",
]) {
  tried(
    `signIn(${provider}) shows the sign-in page`,
    async ({ open }) => {
      const page = await open();
      await until(page, "unauthenticated");
      const here = page.url();
      await Promise.all([
        page.waitForURL(/\/api\/auth\/signin\?callbackUrl=/),
        page.evaluate(`void api.signIn(${provider})`),
      ]);
      assert.equal(new URL(page.url()).searchParams.get("callbackUrl"), here);
      return page;
    },
    { libraries: ["hallpass/client", "hallpass/react"], rust: provider.startsWith("'") ? SHELL : [] },
  );
}

for (const options of [
  "null",
  "7",
  "'text'",
  "[]",
  "new MouseEvent('click')",
  "{ redirect: 0, callbackUrl: null, email: {} }",
]) {
  tried(
    `signIn("credentials", ${options}) is a sign-in that fails`,
    async ({ open }) => {
      const page = await open();
      await until(page, "unauthenticated");
      await Promise.all([
        page.waitForURL(/\/signin\?error=CredentialsSignin/),
        page.evaluate(`void api.signIn("credentials", ${options})`),
      ]);
      return page;
    },
    { rust: [] },
  );

  tried(
    `signOut(${options}) signs out`,
    async ({ open }) => {
      const page = await open();
      await until(page, "authenticated");
      await Promise.all([page.waitForEvent("load"), page.evaluate(`void api.signOut(${options})`)]);
      assert.equal(asked("POST /signout"), 1);
      await page.evaluate(() => window.mount({}));
      await until(page, "unauthenticated");
      return page;
    },
    { as: ADA, rust: [] },
  );
}

for (const authorization of ["null", "7", "'a=b'", "[]", "{ x: null }"]) {
  tried(
    `signIn's third argument of ${authorization}`,
    async ({ open }) => {
      const page = await open();
      await until(page, "unauthenticated");
      const result = await page.evaluate(`api.signIn("credentials", { redirect: false }, ${authorization})`);
      assert.equal(result.error, "CredentialsSignin");
      return page;
    },
    { rust: [] },
  );
}
