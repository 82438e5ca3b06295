// What nobody should hand to a client, and some do. Nothing of it ends in an error that nobody caught or in endless
// loading: `tried` looks for both at the end of every test.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADA, becomeVisible, call, openGround, passes, shown, signInHere, steady, until } from "./ground.mjs";

let ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
beforeEach(() => {
  ground.gate.lift();
  ground.gate.clear();
});

const DAY = 86_400_000;
const SESSION = { user: { name: "Ada Lovelace", email: ADA }, expires: "2099-01-01T00:00:00.000Z" };
const AUTHENTICATED = `authenticated ${ADA}`;
const asked = (what = "GET /session") => ground.gate.count(what);
const time = (context, seconds) => passes(ground, context, seconds);

/** A test with each of our libraries, or those named; ends with a page that has something to show and no fault. */
function tried(name, play, { libraries = ["hallpass/client", "hallpass/react", "hallpass/session"], as = null, ...rest } = {}) {
  for (const library of libraries) {
    test(`${library}: ${name}`, async () => {
      const context = await ground.context({ as, ...rest });
      const open = (plan = {}, more = {}) => ground.open(context, { library, plan, ...more });
      const page = await play({ context, open, library });
      assert.deepEqual(await page.evaluate(() => window.faults), []);
      const now = page.url().includes("/api/") ? "" : await shown(page);
      assert.ok(!now?.startsWith("loading"), "it loads for ever");
      await context.close();
    });
  }
}

// Read in the page: an event cannot be sent there.
const ODD = `[null, undefined, 7, NaN, true, "text", "", {}, [], [1], () => {}, new MouseEvent("click"), { req: null }, { req: 7 },
  { req: { headers: null } }, { ctx: null }, Object.create(null), new Date(), { redirect: 0, callbackUrl: null }]`;

tried("odd arguments of what reads change nothing", async ({ open, library }) => {
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
});

tried("odd options are none", async ({ open }) => {
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
}, { libraries: ["hallpass/client", "hallpass/session"] });

for (const session of [7, "text", true, [], {}, 0, ""]) {
  tried(`a session prop of ${JSON.stringify(session)}`, async ({ context, open }) => {
    const page = await open({ session });
    await time(context, 2);
    await call(page, "getSession");
    await until(page, "authenticated");
    return page;
  }, { as: ADA, clock: true });
}

for (const options of [null, 7, "text", [], { clientMaxAge: "soon", keepAlive: -1 }, { keepAlive: 1e300 }, { basePath: 7 }]) {
  tried(`options of ${JSON.stringify(options)}`, async ({ context, open }) => {
    const page = await open({ options });
    await time(context, 3);
    await page.waitForFunction(() => document.getElementById("who-0")?.dataset.status !== "loading");
    assert.ok(asked() <= 3, `${asked()} requests`);
    return page;
  }, { libraries: ["hallpass/client", "hallpass/react"], as: ADA, clock: true });
}

for (const provider of ["null", "undefined", "7", "{}", "[]", "new MouseEvent('click')", "'toString'", "'__proto__'", "'nobody/../x'", "''"]) {
  tried(`signIn(${provider}) shows the sign-in page`, async ({ open }) => {
    const page = await open();
    await until(page, "unauthenticated");
    const here = page.url();
    await Promise.all([page.waitForURL(/\/api\/auth\/signin\?callbackUrl=/), page.evaluate(`void api.signIn(${provider})`)]);
    assert.equal(new URL(page.url()).searchParams.get("callbackUrl"), here);
    return page;
  }, { libraries: ["hallpass/client", "hallpass/react"] });
}

for (const options of ["null", "7", "'text'", "[]", "new MouseEvent('click')", "{ redirect: 0, callbackUrl: null, email: {} }"]) {
  tried(`signIn("credentials", ${options}) is a sign-in that fails`, async ({ open }) => {
    const page = await open();
    await until(page, "unauthenticated");
    await Promise.all([page.waitForURL(/\/signin\?error=CredentialsSignin/), page.evaluate(`void api.signIn("credentials", ${options})`)]);
    return page;
  });

  tried(`signOut(${options}) signs out`, async ({ open }) => {
    const page = await open();
    await until(page, "authenticated");
    await Promise.all([page.waitForEvent("load"), page.evaluate(`void api.signOut(${options})`)]);
    assert.equal(asked("POST /signout"), 1);
    await page.evaluate(() => window.mount({}));
    await until(page, "unauthenticated");
    return page;
  }, { as: ADA });
}

for (const authorization of ["null", "7", "'a=b'", "[]", "{ x: null }"]) {
  tried(`signIn's third argument of ${authorization}`, async ({ open }) => {
    const page = await open();
    await until(page, "unauthenticated");
    const result = await page.evaluate(`api.signIn("credentials", { redirect: false }, ${authorization})`);
    assert.equal(result.error, "CredentialsSignin");
    return page;
  });
}

tried("providers that cannot be had lead to the error page, or are told", async ({ open }) => {
  const page = await open();
  await until(page, "unauthenticated");
  ground.gate.drop("GET /providers");
  assert.equal(await call(page, "getProviders"), null);
  const { ok, status, url, error } = await signInHere(page);
  assert.deepEqual([ok, status, url, typeof error], [false, 0, null, "string"]);
  await Promise.all([page.waitForURL(/\/api\/auth\/error/), page.evaluate(() => void window.api.signIn("credentials"))]);
  return page;
});

for (const [name, answer] of Object.entries({ HTML: { type: "text/html", body: "<p>" }, null: { body: "null" }, "an array": { body: "[]" }, text: { body: '"x"' }, "entries of null": { body: { credentials: null } } })) {
  tried(`a list of providers that is ${name}`, async ({ open }) => {
    const page = await open();
    await until(page, "unauthenticated");
    ground.gate.answer("GET /providers", answer);
    const result = await call(page, "getProviders");
    assert.ok(!result?.thrown, result?.thrown);
    await Promise.all([page.waitForURL(/\/api\/auth\/(error|signin)/), page.evaluate(() => void window.api.signIn("credentials"))]);
    return page;
  });
}

for (const place of ["GET /csrf", "POST /callback/credentials"]) {
  for (const [name, rule] of Object.entries({ lost: null, "a 500": { status: 500, body: "{}" }, HTML: { type: "text/html", body: "<p>" }, null: { body: "null" }, "a text": { body: '"x"' } })) {
    tried(`a sign-in whose ${place} is ${name} is told, and the page goes on`, async ({ open }) => {
      const page = await open();
      await until(page, "unauthenticated");
      if (rule) ground.gate.answer(place, rule);
      else ground.gate.drop(place);
      const result = await signInHere(page);
      assert.ok(result && !result.thrown, JSON.stringify(result));
      assert.ok(place === "GET /csrf" || name === "null" || name === "a text" || result.ok === false, JSON.stringify(result));
      ground.gate.lift();
      assert.equal((await signInHere(page)).ok, true);
      await until(page, "authenticated");
      return page;
    });
  }
}

for (const rule of [null, { status: 500, body: "{}" }, { type: "text/html", body: "<p>" }, { body: "null" }]) {
  tried(`a sign-out that is answered with ${rule ? `${rule.status ?? 200} ${rule.body}` : "nothing"} does not claim that it happened`, async ({ context, open }) => {
    const page = await open();
    await until(page, "authenticated");
    if (rule) ground.gate.answer("POST /signout", rule);
    else ground.gate.drop("POST /signout");
    const result = await call(page, "signOut", { redirect: false });
    assert.ok(!result?.thrown, result?.thrown);
    await steady(ground, context);
    if (rule?.body === "null") return page;
    assert.equal(await shown(page), AUTHENTICATED);
    ground.gate.lift();
    await call(page, "signOut", { redirect: false });
    await until(page, "unauthenticated");
    return page;
  }, { as: ADA });
}

const ELSEWHERE = ["javascript:window.pwned=1", "JaVaScRiPt:window.pwned=1", " javascript:window.pwned=1", "java\nscript:window.pwned=1", "data:text/html,<p>", "file:///etc/passwd", "blob:x", "about:blank", "http://", "http://[", 7, {}, ["javascript:window.pwned=1"]];
for (const url of ELSEWHERE) {
  for (const [name, place] of [["signIn", "POST /callback/credentials"], ["signOut", "POST /signout"]]) {
    tried(`${name} does not follow the server to ${JSON.stringify(url)}`, async ({ open }) => {
      const page = await open();
      await until(page, "authenticated");
      ground.gate.answer(place, { body: { url } });
      const stayed = await call(page, name, ...(name === "signIn" ? ["credentials", { redirect: false }] : [{ redirect: false }]));
      assert.ok(!stayed?.thrown, stayed?.thrown);
      const loaded = page.waitForEvent("load");
      await page.evaluate(([called, words]) => void window.api[called](...words), [name, name === "signIn" ? ["credentials"] : []]);
      await loaded;
      assert.equal(await page.evaluate(() => window.pwned), undefined);
      assert.ok(page.url().startsWith(`${ground.origin}/`), page.url());
      return page;
    }, { as: ADA, libraries: ["hallpass/client", "hallpass/react"] });
  }
}

tried("a relative and a foreign page of the web are followed", async ({ open }) => {
  const page = await open();
  await until(page, "unauthenticated");
  for (const url of ["/after?x", ground.origin.replace("localhost", "127.0.0.1") + "/foreign"]) {
    ground.gate.answer("POST /callback/credentials", { body: { url } });
    await Promise.all([page.waitForURL(/after|foreign/), page.evaluate(() => void window.api.signIn("credentials"))]);
    assert.equal(page.url(), new URL(url, ground.origin).href);
  }
  return page;
}, { libraries: ["hallpass/client", "hallpass/react"] });

tried("messages that nobody of us sends are dropped", async ({ context, open }) => {
  const page = await open();
  await until(page, "authenticated");
  await time(context, 3);
  const stranger = await ground.open(context, { library: "hallpass/session" });
  ground.gate.clear();
  await stranger.evaluate(() => {
    const big = "x".repeat(5e6);
    const wild = [NaN, Infinity, -Infinity, -1, 2 ** 53, 1e300, "1", null, undefined, {}, [], big, 2n, new Date(), new Map()];
    const mallory = { user: { email: "mallory@mail.example" }, expires: "2099-01-01T00:00:00.000Z" };
    for (const name of ["hallpass/api/auth", "hallpass:/api/auth", "hallpass", "next-auth"]) {
      const channel = new BroadcastChannel(name);
      for (const word of [...wild, mallory, { event: "session", data: {} }]) channel.postMessage(word);
      for (let kind = -1; kind < 12; kind++) {
        for (const stamp of wild) channel.postMessage([kind, 1, 5, stamp, 1000, mallory]);
        for (const span of [-1, NaN, Infinity]) channel.postMessage([kind, 1, 5, -1, span, mallory]);
      }
    }
  });
  await time(context, 8);
  assert.equal(await shown(page), AUTHENTICATED);
  assert.ok(asked() <= 4, `${asked()} requests`);
  return page;
}, { as: ADA, clock: true });

tried("a forged session in a message is not shown, and the server is asked", async ({ context, open }) => {
  const page = await open();
  await until(page, "authenticated");
  await time(context, 3);
  const stranger = await ground.open(context, { library: "hallpass/session" });
  await stranger.evaluate(() => {
    const mallory = { user: { email: "mallory@mail.example" }, expires: "2099-01-01T00:00:00.000Z" };
    for (const name of ["hallpass/api/auth", "hallpass:/api/auth"]) {
      const channel = new BroadcastChannel(name);
      for (const version of [0, 5, -5]) channel.postMessage([3, 1, version, Date.now() + 1000, 1e6, mallory]);
      for (const version of [0, 5, -5]) channel.postMessage([3, 1, Date.now() + 1000, 1e6, version, mallory]);
    }
  });
  await time(context, 6);
  assert.equal(await shown(page), AUTHENTICATED);
  assert.ok(!(await page.evaluate(() => JSON.stringify(window.seen.shown))).includes("mallory"));
  assert.ok(asked() <= 4, `${asked()} requests`);
  return page;
}, { as: ADA, clock: true });

tried("nonsense in the storage is dropped", async ({ context, open }) => {
  const page = await open();
  await until(page, "authenticated");
  await time(context, 3);
  const stranger = await ground.open(context, { library: "hallpass/session" });
  ground.gate.clear();
  await stranger.evaluate(() => {
    const words = ["", "{", "null", "[]", "7", '"x"', "{}", '{"event":7}', '{"event":"session"}', '{"event":"other","data":{}}', "x".repeat(1e6)];
    for (const key of ["nextauth.message", "hallpass", "hallpass:/api/auth", "hallpass/api/auth"]) {
      for (const word of words) localStorage.setItem(key, word);
      localStorage.removeItem(key);
    }
    localStorage.clear();
  });
  await time(context, 5);
  assert.equal(await shown(page), AUTHENTICATED);
  assert.ok(asked() <= 1, `${asked()} requests`);
  return page;
}, { as: ADA, clock: true });

const BLOCKED = () => {
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, { configurable: true, get: () => { throw new DOMException("denied", "SecurityError"); } });
  }
};
const FULL = () => {
  Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
};
const NO_CHANNEL = () => {
  delete window.BroadcastChannel;
};
const THROWING_CHANNEL = () => {
  window.BroadcastChannel = function () { throw new DOMException("denied", "SecurityError"); };
};
const NO_BEACON = () => {
  Object.defineProperty(navigator, "sendBeacon", { value: undefined });
};

for (const [name, init] of Object.entries({ "storage that throws": BLOCKED, "storage that is full": FULL, "no BroadcastChannel": NO_CHANNEL, "a BroadcastChannel that throws": THROWING_CHANNEL, "no sendBeacon": NO_BEACON })) {
  tried(`with ${name} a page signs in and out, and other tabs follow`, async ({ context, open }) => {
    const [page, other] = [await open({}, { init }), await open({}, { init })];
    for (const tab of [page, other]) await until(tab, "unauthenticated");
    await time(context, 3);
    assert.equal((await signInHere(page)).ok, true);
    await until(page, "authenticated");
    await time(context, 4);
    await until(other, "authenticated");
    await call(page, "signOut", { redirect: false });
    await until(page, "unauthenticated");
    await time(context, 4);
    await until(other, "unauthenticated");
    return page;
  }, { clock: true });
}

tried("without storage and channel a page works alone, and others find out when they look", async ({ context, open }) => {
  const init = `(${NO_CHANNEL})();(${BLOCKED})()`;
  const [page, other] = [await open({}, { init }), await open({}, { init })];
  for (const tab of [page, other]) await until(tab, "unauthenticated");
  assert.equal((await signInHere(page)).ok, true);
  await time(context, 4);
  await becomeVisible(other);
  await until(other, "authenticated");
  return page;
}, { clock: true });

for (const [name, rule] of Object.entries({ lost: null, "a 500": { status: 500 }, HTML: { type: "text/html", body: "<p>" }, "a number": { body: "7" }, "a text": { body: '"text"' }, "true": { body: "true" }, "a list": { body: "[1]" }, "a session without an end": { body: { user: { email: ADA } } }, "a session with a senseless end": { body: { user: { email: ADA }, expires: "soon" } } })) {
  tried(`a first answer that is ${name} ends the loading`, async ({ context, open }) => {
    if (rule) ground.gate.answer("GET /session", rule);
    else ground.gate.drop("GET /session");
    const page = await open();
    await page.waitForFunction(() => document.getElementById("who-0")?.dataset.status !== "loading");
    await time(context, 20);
    assert.ok(asked() <= 12, `${asked()} requests in 20 s`);
    return page;
  }, { clock: true });
}

tried("a first answer that never comes ends the loading after fifteen seconds", async ({ context, open }) => {
  const held = ground.gate.hold("GET /session");
  const page = await open();
  await held.until(1);
  await time(context, 16);
  await until(page, "unauthenticated");
  ground.gate.lift();
  held.release();
  await time(context, 4);
  await until(page, "authenticated");
  return page;
}, { as: ADA, clock: true });

for (const days of [-1, 1]) {
  tried(`with a clock that is ${days} day off a session is a session`, async ({ context, open }) => {
    const init = `{ const now = Date.now; Date.now = () => now() + ${days * DAY}; }`;
    ground.gate.answer("GET /session", { body: { ...SESSION, expires: new Date(Date.now() + 3_600_000).toISOString() } });
    const [page, other] = [await open({}, { init }), await open({}, { init })];
    for (const tab of [page, other]) await until(tab, "authenticated");
    await time(context, 8);
    for (const tab of [page, other]) assert.equal(await shown(tab), AUTHENTICATED);
    ground.gate.lift();
    assert.ok(asked() <= 3, `${asked()} requests`);
    await call(page, "signOut", { redirect: false });
    await until(page, "unauthenticated");
    await until(other, "unauthenticated");
    return page;
  }, { as: ADA, clock: true });

  tried(`with a clock that is ${days} day off a session prop is shown`, async ({ context, open }) => {
    const init = `{ const now = Date.now; Date.now = () => now() + ${days * DAY}; }`;
    const page = await open({ session: { ...SESSION, expires: new Date(Date.now() + 3_600_000).toISOString() } }, { init });
    await until(page, "authenticated");
    await time(context, 8);
    assert.equal(await shown(page), AUTHENTICATED);
    assert.ok(asked() <= 2, `${asked()} requests`);
    return page;
  }, { as: ADA, clock: true });
}

tried("a clock that jumps by a day and back changes nothing", async ({ context, open }) => {
  const init = "{ const now = Date.now; Date.now = () => now() + (window.jump ?? 0); }";
  const page = await open({}, { init });
  await until(page, "authenticated");
  for (const jump of [DAY, -DAY, 0]) {
    await page.evaluate((by) => (window.jump = by), jump);
    await time(context, 3);
    await becomeVisible(page);
    await time(context, 3);
    assert.equal(await shown(page), AUTHENTICATED, `${jump}`);
  }
  return page;
}, { as: ADA, clock: true });
