// What a browser test plays on: hallpass, the site, the peers, Chromium; and the watchers that fail a test for a
// broken Content-Security-Policy, an error on a page, a request that leaves the loopback, or a secret in the log.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { freePort, startHallpass, startPeer } from "./processes.mjs";
import { serveSite } from "./site.mjs";

export const ADA = "ada.lovelace@mail.example";
export const PASSWORD = "enchantress of numbers";

/**
 * What Chromium is to do without. It takes one such list, the last: so these are Playwright's own, but for those of Windows and Edge, and
 * the pages of the address bar. They are loaded for every window, which nobody sees: more than a third of the processor's time.
 */
const WITHOUT = [
  ...["AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable"],
  ...["LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"],
  ...["OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"],
  ...["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"],
];

const CHROMIUM = {
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--disable-features=${WITHOUT}`,
  ],
};

/** Chromium, with these environment variables beside ours; `options` are Playwright's. */
export function launch(environment = {}, options = {}) {
  return chromium.launch({ ...CHROMIUM, env: { ...process.env, ...environment }, ...options });
}

/** The secret of every server here. */
export const SECRET = "a-browser-test-secret-that-is-long-enough-5c1e";

/**
 * Sets the stage. `mail` and `oidc` add those peers and ways in; `development` starts hallpass without a
 * configuration, and then there is no site: hallpass serves its own demo page.
 */
export async function openStage({ mail = false, oidc = false, development = false, settings = {} } = {}) {
  const stage = new Stage();
  const peers = await Promise.all([mail ? startPeer("smtp") : undefined, oidc ? startPeer("oidc-provider") : undefined]);
  [stage.smtp, stage.oidc] = peers;
  if (oidc) stage.secrets.add("ada@example.com").add("grace@example.com").add(stage.oidc.facts.clients.basic.secret);
  stage.browser = await launch();
  const port = await freePort();
  if (development) {
    stage.origin = `http://localhost:${port}`;
    const environment = { HALLPASS_LISTEN: `127.0.0.1:${port}`, HALLPASS_MODE: "development", ...oidcEnvironment(stage.oidc) };
    stage.hallpass = await startHallpass({ environment, port });
    return stage;
  }
  stage.site = await serveSite(() => port);
  stage.origin = `http://localhost:${stage.site.port}`;
  stage.hallpass = await startHallpass({
    port,
    settings: {
      mode: "production",
      url: stage.origin,
      secret: SECRET,
      database: "sqlite:hallpass.db",
      "password.enabled": true,
      "password.sign_up": true,
      "log.level": "trace",
      ...(stage.smtp && mailSettings(stage.smtp)),
      ...(stage.oidc && oidcSettings(stage.oidc)),
      ...settings,
    },
  });
  return stage;
}

function mailSettings({ facts }) {
  return { "email.smtp": `smtp://127.0.0.1:${facts.plain}`, "email.from": "A site <sign-in@site.example>" };
}

function oidcSettings({ facts }) {
  return {
    "providers.example.kind": "oidc",
    "providers.example.name": "Example Identity",
    "providers.example.issuer": facts.issuer,
    "providers.example.client_id": facts.clients.basic.id,
    "providers.example.client_secret": facts.clients.basic.secret,
  };
}

/** The same, as environment variables. */
export function oidcEnvironment(peer) {
  if (!peer) return {};
  const variable = ([key, value]) => [`HALLPASS_${key.replaceAll(".", "_").toUpperCase()}`, value];
  return Object.fromEntries(Object.entries(oidcSettings(peer)).map(variable));
}

class Stage {
  secrets = new Set([SECRET, ADA, PASSWORD]);
  faults = [];
  contexts = [];

  /** A browser of its own: cookies and all. */
  async context(options = {}) {
    const context = await this.browser.newContext(options);
    this.contexts.push(context);
    await context.route("**/*", (route) => {
      const { hostname, protocol } = new URL(route.request().url());
      if (["localhost", "127.0.0.1"].includes(hostname) || protocol === "data:") return route.continue();
      this.faults.push(`a request to ${hostname}`);
      return route.abort();
    });
    context.on("console", (message) => {
      if (/Content.Security.Policy/i.test(message.text())) this.faults.push(message.text());
    });
    context.on("weberror", (error) => this.faults.push(String(error.error().stack)));
    context.on("request", (request) => this.learn(request.url()));
    context.on("response", (response) => {
      if (response.status() >= 500 && !response.url().includes("error=Configuration")) {
        this.faults.push(`${response.status()} from ${response.url().split("?")[0]}`);
      }
    });
    return context;
  }

  /** The React page in a context (a new one unless given), once it knows whether somebody is signed in. */
  async page(context) {
    const page = await (context ?? (await this.context())).newPage();
    await page.goto(`${this.origin}/`);
    await page.waitForFunction(() => document.getElementById("status")?.textContent !== "loading");
    return page;
  }

  /** Makes Ada's account, with the built-in page, and leaves nobody signed in. */
  async addAda() {
    const context = await this.context();
    const page = await context.newPage();
    await page.goto(`${this.origin}/api/auth/signup`);
    await page.getByLabel(/name/i).fill("Ada Lovelace");
    await page.getByLabel(/e-?mail/i).fill(ADA);
    await page.getByLabel(/password/i).first().fill(PASSWORD);
    await page.getByRole("button", { name: /sign up|create/i }).click();
    await page.waitForURL(`${this.origin}/`);
    await this.collect(context);
    await context.close();
  }

  /** The mails that have come. */
  async messages() {
    const answer = await fetch(`http://127.0.0.1:${this.smtp.facts.control}/messages`);
    return answer.json();
  }

  /** The link in the newest mail. */
  async link() {
    const messages = await this.messages();
    const link = /https?:\/\/\S+/.exec(messages.at(-1).text)[0];
    this.secrets.add(new URL(link).searchParams.get("token"));
    return link;
  }

  /** What a URL carries that is nobody's business. */
  learn(url) {
    const query = new URL(url).searchParams;
    for (const name of ["code", "state", "nonce", "token", "email"]) {
      for (const value of query.getAll(name)) {
        if (value.length >= 6) this.secrets.add(value).add(encodeURIComponent(value));
      }
    }
  }

  async collect(context) {
    for (const { name, value } of await context.cookies(this.origin)) {
      if (name.endsWith("callback-url") || value.length < 6) continue;
      this.secrets.add(value).add(decodeURIComponent(value).split("|")[0]);
    }
  }

  /** Clears the stage, and fails for whatever the watchers saw. */
  async close() {
    for (const context of this.contexts) await this.collect(context).catch(() => {});
    await this.browser.close();
    const lines = this.hallpass.lines;
    await this.hallpass.close();
    this.site?.close();
    this.smtp?.close();
    this.oidc?.close();
    assert.deepEqual(this.faults, []);
    const leaks = lines.filter((line) => [...this.secrets].some((secret) => line.includes(secret)));
    assert.deepEqual(leaks, [], "secrets in the log");
    assert.deepEqual(lines.filter((line) => line.includes("panicked at")), []);
  }
}

/** What `useSession` shows on the React page. */
export async function shown(page) {
  const [status, session] = await Promise.all([page.textContent("#status"), page.textContent("#session")]);
  return { status, session: JSON.parse(session) };
}

/** Waits until the React page shows this status, and answers with the session. */
export async function untilStatus(page, status) {
  await page.waitForFunction((wanted) => document.getElementById("status")?.textContent === wanted, status);
  return (await shown(page)).session;
}

/** Signs Ada in through the client, without leaving the page. */
export async function signInAda(page) {
  const result = await page.evaluate(
    ([email, password]) => window.nextAuth.signIn("credentials", { redirect: false, email, password }),
    [ADA, PASSWORD],
  );
  assert.equal(result.ok, true, JSON.stringify(result));
  return untilStatus(page, "authenticated");
}
