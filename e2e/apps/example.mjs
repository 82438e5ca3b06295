// Starts an example app as people run it, its production build beside a hallpass, and a Chromium; and watches: an error
// on a page, a warning of React's, a request that leaves the loopback, or an uncaught error of the app fails the tests.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort, startHallpass, startPeer } from "../browser/processes.mjs";
import { ADA, PASSWORD, SECRET, launch } from "../browser/stage.mjs";

export { ADA, PASSWORD };

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CLIENT = join(ROOT, "packages/hallpass/dist");
const UNREAD = new Set(["node_modules", ".next", "dist", "README.md"]);
const QUIET = { NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1", CI: "1" };

/** Every file below a folder, as a path. */
function filesBelow(folder, skip = new Set()) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !skip.has(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path, skip) : [path];
    });
}

/** A number for everything that a build of this example is made of. */
function sourcesOf(folder) {
  if (!existsSync(CLIENT)) throw new Error("packages/hallpass is not built: `npm run build` there");
  const hash = createHash("sha256");
  for (const path of [...filesBelow(folder, UNREAD), ...filesBelow(CLIENT)]) {
    hash.update(path).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

const isFree = (port) =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** Runs a script of the example's package.json, without npm in between, so that it can be ended. */
function runScript(folder, script, words, environment) {
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const [command, ...given] = scripts[script].split(" ");
  const program = join(folder, "node_modules/.bin", command);
  if (!existsSync(program)) throw new Error(`examples/${basename(folder)} is not installed: \`npm ci\` there`);
  const child = spawn(program, [...given, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...QUIET, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: what the program starts is ended with it.
    detached: true,
  });
  const lines = [];
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", (line) => lines.push(line));
  return { child, lines };
}

/**
 * Builds the example unless its sources, and those of the client, are as they were. A build has the address of hallpass
 * in it (rewrites are settled then), so hallpass's port is chosen here, and kept while nobody else listens at it.
 * Answers with that port.
 */
async function buildOf(folder, variables) {
  const note = join(folder, "node_modules/.cache/hallpass-example.json");
  const sources = sourcesOf(folder);
  const kept = existsSync(note) ? JSON.parse(readFileSync(note, "utf8")) : {};
  if (kept.sources === sources && (await isFree(kept.port))) return kept.port;
  rmSync(note, { force: true });
  const port = await freePort();
  const { child, lines } = runScript(folder, "build", [], variables(port));
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`the build of examples/${basename(folder)} ended with ${code}:\n${lines.join("\n")}`);
  mkdirSync(join(folder, "node_modules/.cache"), { recursive: true });
  writeFileSync(note, JSON.stringify({ sources, port }));
  return port;
}

/** Waits until something answers at this origin. */
async function untilAnswered(origin, { child, lines }) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the example ended at its start:\n${lines.join("\n")}`);
    if (await fetch(origin).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function startApp(folder, script, port, environment) {
  const running = runScript(folder, script, ["--port", String(port)], environment);
  const stop = async () => {
    const gone = once(running.child, "exit");
    if (running.child.exitCode !== null || running.child.signalCode !== null) return;
    process.kill(-running.child.pid, "SIGTERM");
    await gone;
  };
  try {
    await untilAnswered(`http://localhost:${port}/`, running);
  } catch (error) {
    await stop();
    throw error;
  }
  return { lines: running.lines, stop };
}

const mailSettings = ({ facts }) => ({
  "email.smtp": `smtp://127.0.0.1:${facts.plain}`,
  "email.from": "A site <sign-in@site.example>",
});

const oidcSettings = ({ facts }) => ({
  "providers.example.kind": "oidc",
  "providers.example.name": "Example Identity",
  "providers.example.issuer": facts.issuer,
  "providers.example.client_id": facts.clients.basic.id,
  "providers.example.client_secret": facts.clients.basic.secret,
});

/** Settings, or what makes them of the app's address. */
const of = (given, origin) => (typeof given === "function" ? given(origin) : given);

/**
 * Sets up `examples/<name>`: built if need be, started with its script `start` (or another one), beside a hallpass
 * whose public URL is the app's. `mail` and `oidc` add those peers and ways in, `settings` are hallpass's, `environment`
 * the app's, each perhaps made of the app's address; `variables` makes the environment that tells the app where hallpass listens.
 */
export async function openExample(name, given = {}) {
  if (IN_RUST.includes(name)) return openRustExample(name, given);
  const { mail = false, oidc = false, settings = {}, environment = {}, script = "start" } = given;
  const { variables = (port) => ({ HALLPASS_URL_INTERNAL: `http://127.0.0.1:${port}` }) } = given;
  const folder = join(ROOT, "examples", name);
  const example = new Example();
  try {
    example.port = script === "start" ? await buildOf(folder, variables) : await freePort();
    const peers = await Promise.all([mail && startPeer("smtp"), oidc && startPeer("oidc-provider")]);
    [example.smtp, example.oidc] = peers;
    const port = await freePort();
    example.origin = `http://localhost:${port}`;
    example.settings = {
      mode: "production",
      url: example.origin,
      secret: SECRET,
      database: `sqlite:${join(example.folder, "hallpass.db")}`,
      "password.enabled": true,
      "password.sign_up": true,
      ...(mail && mailSettings(example.smtp)),
      ...(oidc && oidcSettings(example.oidc)),
      ...of(settings, example.origin),
    };
    await example.startHallpass();
    example.app = await startApp(folder, script, port, {
      ...variables(example.port),
      ...of(environment, example.origin),
    });
    example.browser = await launch();
    return example;
  } catch (error) {
    await example.end();
    throw error;
  }
}

/** Those that have hallpass within their own process. */
const IN_RUST = ["leptos", "dioxus", "yew"];

/** The settings that the examples in Rust take, as their environment. */
const environmentOf = (settings) =>
  Object.entries(settings).map(([key, value]) => {
    if (key === "database") return ["DATABASE", value.replace(/^sqlite:/, "")];
    if (key === "session.max_age" || key === "session.update_age") return ["SESSION_MAX_AGE", String(Number.parseInt(value, 10))];
    throw new Error(`examples in Rust have no setting ${key}`);
  });

async function openRustExample(name, { mail = false, oidc = false, settings = {} }) {
  const example = new RustExample();
  try {
    const peers = await Promise.all([mail && startPeer("smtp"), oidc && startPeer("oidc-provider")]);
    [example.smtp, example.oidc] = peers;
    example.port = await freePort();
    example.origin = `http://localhost:${example.port}`;
    example.program = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug", `example-${name}`);
    const { facts } = example.oidc || {};
    example.environment = {
      PORT: String(example.port),
      AUTH_SECRET: SECRET,
      DATABASE: join(example.folder, "hallpass.db"),
      PAGES: join(ROOT, "target/wasm"),
      ...(mail && { SMTP_URL: `smtp://127.0.0.1:${example.smtp.facts.plain}` }),
      ...(facts && { OIDC_ISSUER: facts.issuer, OIDC_CLIENT_ID: facts.clients.basic.id, OIDC_CLIENT_SECRET: facts.clients.basic.secret }),
      ...Object.fromEntries(environmentOf(settings)),
    };
    await example.startHallpass();
    example.browser = await launch();
    return example;
  } catch (error) {
    await example.end();
    throw error;
  }
}

class Example {
  /** What a page, the app or a request did that it must not. A test that provokes it takes it out with `forgive`. */
  faults = [];
  /** Holds the database, so that hallpass may be stopped and started. */
  folder = mkdtempSync(join(tmpdir(), "hallpass-example-"));

  /** Starts hallpass, for the first time or after `stopHallpass`. */
  async startHallpass() {
    this.hallpass = await startHallpass({ port: this.port, settings: this.settings });
  }

  /** Stops hallpass; nobody answers from here on. */
  async stopHallpass() {
    const { lines, close } = this.hallpass;
    this.hallpass = { lines, close() {}, stopped: true };
    await close();
  }

  /** A browser of its own: cookies and all. */
  async context(options = {}) {
    const context = await this.browser.newContext(options);
    await context.route("**/*", (route) => {
      const { hostname, protocol } = new URL(route.request().url());
      if (["localhost", "127.0.0.1"].includes(hostname) || protocol === "data:") return route.fallback();
      this.faults.push(`a request to ${hostname}`);
      return route.abort();
    });
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.faults.push(`${message.type()}: ${message.text()}`);
    });
    context.on("weberror", (error) => this.faults.push(String(error.error().stack)));
    return context;
  }

  /** Takes out the faults that a test provoked, and fails if there was none. */
  forgive(pattern) {
    const others = this.faults.filter((fault) => !pattern.test(fault));
    assert.ok(others.length < this.faults.length, `nothing like ${pattern} happened`);
    this.faults = others;
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
    await context.close();
  }

  /** A context in which Ada is signed in: through the endpoints, without a page. */
  async contextOfAda(options) {
    const context = await this.context(options);
    const { csrfToken } = await (await context.request.get(`${this.origin}/api/auth/csrf`)).json();
    const answer = await context.request.post(`${this.origin}/api/auth/callback/credentials`, {
      form: { csrfToken, email: ADA, password: PASSWORD, json: "true" },
      headers: { origin: this.origin },
    });
    assert.equal(answer.status(), 200, await answer.text());
    return context;
  }

  /** Waits until scripts have taken a page over, where a test must not come before them. */
  async taken() {}

  /** The link in the newest mail. */
  async link() {
    const answer = await fetch(`http://127.0.0.1:${this.smtp.facts.control}/messages`);
    return /https?:\/\/\S+/.exec((await answer.json()).at(-1).text)[0];
  }

  /** Ends everything that was started. */
  async end() {
    await this.browser?.close();
    await this.app?.stop();
    await this.hallpass?.close();
    if (this.smtp) this.smtp.close();
    if (this.oidc) this.oidc.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends everything, and fails for whatever the watchers saw. */
  async close() {
    await this.end();
    assert.deepEqual(this.faults, []);
    assert.deepEqual(this.hallpass.lines.filter((line) => line.includes("panicked at")), []);
    assert.deepEqual(this.app.lines.filter((line) => /⨯|unhandledRejection|uncaughtException/i.test(line)), []);
  }
}

/** The app and hallpass are one process: an outage of one is an outage of both. */
class RustExample extends Example {
  app = { lines: [], async stop() {} };

  async startHallpass() {
    const child = spawn(this.program, [], { cwd: this.folder, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    const { lines } = this.app;
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", (line) => lines.push(line));
    await untilAnswered(this.origin, { child, lines });
    this.hallpass = {
      lines,
      async close() {
        if (child.exitCode !== null) return;
        child.kill("SIGTERM");
        await once(child, "exit");
      },
    };
  }

  /** A page of theirs is taken over once its program runs. */
  async taken(page) {
    await page.locator("html[data-taken]").waitFor({ state: "attached" });
  }
}
