// The servers behind the pages: hallpass's binary, and Better Auth. Each has a relay before it, and one person.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort, startHallpass } from "../../e2e/browser/processes.mjs";
import { Relay } from "./relay.mjs";

const ADA = { name: "Ada Lovelace", email: "ada.lovelace@mail.example", password: "enchantress of numbers" };

async function hallpassBehind(relay) {
  relay.port = await freePort();
  const settings = {
    mode: "production",
    url: relay.origin,
    secret: "a-benchmark-secret-that-is-long-enough-7d20",
    database: "sqlite:hallpass.db",
    "password.enabled": true,
    "password.sign_up": true,
  };
  return startHallpass({ port: relay.port, settings });
}

async function betterAuthBehind(relay) {
  const program = fileURLToPath(new URL("better-auth-server.mjs", import.meta.url));
  const child = spawn(process.execPath, [program, relay.origin], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  relay.port = JSON.parse(line).port;
  return { close: () => child.stdin.end() };
}

/** How a program signs in and up, by server: what it posts where. */
const FORMS = {
  hallpass: async (request, base, place) => {
    const { csrfToken } = await (await request.get(`${base}/csrf`)).json();
    const path = place === "up" ? "/signup" : "/callback/credentials";
    return request.post(base + path, { form: { csrfToken, json: "true", ...ADA } });
  },
  "better-auth": (request, base, place) => {
    const headers = { origin: new URL(base).origin };
    return request.post(`${base}/sign-${place}/email`, { data: ADA, headers });
  },
};

const SESSIONS = { hallpass: "/session", "better-auth": "/get-session" };

class Server {
  constructor(kind, relay) {
    Object.assign(this, { kind, relay, base: `${relay.origin}/api/auth` });
  }

  /** Makes Ada's account (`"up"`), or a session of hers in this context (`"in"`). */
  async sign(context, place) {
    const answer = await FORMS[this.kind](context.request, this.base, place);
    assert.ok(answer.ok(), `${this.kind}: signing ${place}: ${answer.status()} ${await answer.text()}`);
    if (place === "in") assert.equal((await this.session(context))?.user?.email, ADA.email);
  }

  /** Ada's session as this server tells it to a page. */
  async session(context) {
    return (await context.request.get(this.base + SESSIONS[this.kind])).json();
  }

  async close() {
    await this.process.close();
    this.relay.close();
  }
}

const STARTS = { hallpass: hallpassBehind, "better-auth": betterAuthBehind };

/** Starts both, hands them over by name, and ends them whatever comes of it. */
export async function withServers(browser, scripts, use) {
  const servers = {};
  try {
    for (const [kind, start] of Object.entries(STARTS)) {
      const relay = await new Relay(scripts).listen();
      const server = new Server(kind, relay);
      server.process = await start(relay);
      servers[kind] = server;
      const context = await browser.newContext();
      await server.sign(context, "up");
      await context.close();
    }
    return await use(servers);
  } finally {
    for (const server of Object.values(servers)) await server.close();
  }
}
