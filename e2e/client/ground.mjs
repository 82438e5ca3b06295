// What a test of the client plays on: hallpass, the gate before it, Chromium; and the watchers that fail a test for an
// error that nobody caught, a warning of React, or a request that leaves the loopback.
import assert from "node:assert/strict";
import { freePort, startHallpass } from "../browser/processes.mjs";
import { ADA, PASSWORD, SECRET, launch } from "../browser/stage.mjs";
import { Gate, OURS } from "./gate.mjs";

export { ADA, PASSWORD };

/** The libraries that a scenario is played with: ours in JavaScript, or the one front end that this run is about. */
export const LIBRARIES = process.env.HALLPASS_LIBRARY
  ? [process.env.HALLPASS_LIBRARY]
  : ["hallpass/client", "hallpass/react", "hallpass/session"];

/** The front ends in Rust, by what a scenario needs of one: the functions of a page without a framework, or components. */
export const SHELL = ["hallpass-browser"];
export const FRAMEWORKS = ["hallpass-dioxus", "hallpass-leptos", "hallpass-yew"];
export const IN_RUST = [...SHELL, ...FRAMEWORKS];

export const GRACE = "grace.hopper@mail.example";

/** Opens the ground; `settings` go to hallpass. */
export async function openGround(settings = {}) {
  const ground = new Ground();
  const port = await freePort();
  ground.gate = await new Gate(port).listen();
  ground.origin = ground.gate.origin;
  ground.gate.on("asked", ({ what, tab }) => {
    if (tab && /^POST \/(signout|callback)/.test(what)) ground.sessions.clear();
  });
  ground.browser = await launch();
  ground.hallpass = await startHallpass({
    port,
    settings: {
      mode: "production",
      url: ground.origin,
      secret: SECRET,
      database: "sqlite:hallpass.db",
      "password.enabled": true,
      "password.sign_up": true,
      "log.level": "trace",
      ...settings,
    },
  });
  const context = await ground.context();
  for (const email of [ADA, GRACE]) await ground.signUp(context, email);
  await context.close();
  return ground;
}

/** Runs in every page before anything else: what nobody caught. */
function watch() {
  window.faults = [];
  addEventListener("error", ({ message }) => window.faults.push(`error: ${message}`));
  addEventListener("unhandledrejection", ({ reason }) => window.faults.push(`rejection: ${reason}`));
}

class Ground {
  tabs = 0;
  contexts = [];
  faults = [];
  /** Cookies by address, until a page signs out or in: that ends, at the server, the session that it had. */
  sessions = new Map();

  /**
   * A browser of its own, signed in as somebody or as nobody. `faulty`: an old client's errors are not ours. `clock`:
   * the test tells how time passes, see `passes`.
   */
  async context({ as, faulty = false, clock = false, ...options } = {}) {
    const context = await this.browser.newContext({ locale: "en-GB", ...options });
    this.contexts.push(context);
    context.setDefaultTimeout(10_000);
    context.said = [];
    await context.addInitScript(watch);
    if (clock) {
      // Stands still, but for what `passes` lets pass: a busy machine makes no difference.
      const time = Date.now();
      await context.clock.install({ time });
      await context.clock.pauseAt(time + 1000);
      context.stands = true;
    }
    await context.route("**/*", (route) => {
      const { hostname, protocol } = new URL(route.request().url());
      if (["localhost", "127.0.0.1"].includes(hostname) || protocol === "data:") return route.continue();
      this.faults.push(`a request to ${hostname}`);
      return route.abort();
    });
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) context.said.push(message.text());
    });
    if (!faulty) context.on("weberror", (error) => this.faults.push(String(error.error().stack)));
    if (as) await this.signIn(context, as);
    return context;
  }

  /** A page of a context, with this library and this React, and the tree of `plan` mounted. */
  async open(context, { library = OURS, react = 19, plan, init, rendered = false, path = "/" } = {}) {
    const page = await context.newPage();
    page.tab = String(++this.tabs);
    if (init) await page.addInitScript(init);
    const query = new URLSearchParams({ tab: page.tab, library, react });
    if (rendered) query.set("plan", JSON.stringify(plan));
    await page.goto(`${this.origin}${path}?${query}`);
    if (plan && !rendered) await page.evaluate((given) => window.mount(given), plan);
    // No two pages begin in the same millisecond.
    if (context.stands) await context.clock.runFor(50);
    return page;
  }

  /** Sends a form as the built-in pages do. */
  async post(context, place, fields) {
    const { request } = context;
    const { csrfToken } = await (await request.get(`${this.origin}/api/auth/csrf`)).json();
    const form = { csrfToken, ...fields, password: PASSWORD, json: "true" };
    const answer = await request.post(`${this.origin}/api/auth/${place}`, { form });
    assert.equal(answer.status(), 200, await answer.text());
  }

  signUp(context, email) {
    return this.post(context, "signup", { email, name: email.split(/[.@]/).slice(0, 2).join(" ") });
  }

  /** Signs somebody in behind the back of all pages. */
  async signIn(context, email) {
    if (this.sessions.has(email)) return context.addCookies(this.sessions.get(email));
    await this.post(context, "callback/credentials", { email });
    const cookies = (await context.cookies()).filter(({ name }) => name.includes("session-token"));
    assert.ok(cookies.length, "no session");
    this.sessions.set(email, cookies);
  }

  /** Signs out behind the back of all pages. */
  async signOut(context) {
    await context.clearCookies({ name: /session-token/ });
  }

  /** Clears the ground; errors that nobody caught fail the test. */
  async close() {
    await this.browser.close();
    await this.hallpass.close();
    this.gate.close();
    assert.deepEqual(this.faults, []);
  }
}

/** Waits until a component shows this status. */
export const until = (page, status, n = 0) =>
  page.waitForFunction(([id, wanted]) => document.getElementById(id)?.dataset.status === wanted, [`who-${n}`, status]);

/** Waits until a component shows this text: an address, or what stands for nobody. */
export const untilText = (page, text, n = 0) =>
  page.waitForFunction(([id, wanted]) => document.getElementById(id)?.textContent === wanted, [`who-${n}`, text]);

/** What a component shows. */
export const shown = (page, n = 0) =>
  page.evaluate((id) => {
    const element = document.getElementById(id);
    return element && `${element.dataset.status} ${element.textContent}`;
  }, `who-${n}`);

/** What a page has shown, in order, and how often its components were rendered. */
export const history = (page) => page.evaluate(() => ({ shown: window.seen.shown, renders: window.seen.renders }));

/** Calls a function of the library; what it throws becomes `{ thrown }`. */
export const call = (page, name, ...words) =>
  page.evaluate(
    async ([called, given]) => {
      try {
        return await window.api[called](...given);
      } catch (error) {
        return { thrown: String(error) };
      }
    },
    [name, words],
  );

/** Signs in with a password, without leaving the page. */
export const signInHere = (page, email = ADA, password = PASSWORD) =>
  call(page, "signIn", "credentials", { redirect: false, email, password });

/** What no page may have: errors that nobody caught. */
export const faults = (page) => page.evaluate(() => window.faults);

/** Has a page hidden and shown again, as its window tells it; headless browsers show all pages at all times. */
export const becomeVisible = (page) =>
  page.evaluate(() => {
    for (const hidden of [true, false]) {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      Object.defineProperty(document, "visibilityState", { configurable: true, value: hidden ? "hidden" : "visible" });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }
  });

/** Tells a page that its window has the focus. */
export const focus = (page) => page.evaluate(() => window.dispatchEvent(new Event("focus")));

/** Waits until what a page does at once has been done, its requests included. */
export async function steady(ground, context) {
  for (let turn = 0; turn < 2; turn++) {
    for (const page of context.pages()) await page.evaluate(() => fetch("/quiet").then((answer) => answer.text()));
    await ground.gate.idle();
  }
}

/** Lets the pages of a context with a clock live through this time. */
export async function passes(ground, context, seconds) {
  for (let step = 0; step < seconds * 2; step++) {
    await context.clock.runFor(500);
    await steady(ground, context);
  }
}
