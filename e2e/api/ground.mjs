// What a test of the API stands on: hallpass with keys to sign with, and somebody who is signed in.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, startHallpass, startPeer } from "../browser/processes.mjs";

const BINARY = process.env.HALLPASS_BIN ?? fileURLToPath(new URL("../../target/debug/hallpass", import.meta.url));

/** The Python with the packages of requirements.txt, which `cargo xtask test --step api` sets up. */
export const PYTHON = process.env.HALLPASS_PYTHON ?? fileURLToPath(new URL("../../target/api/bin/python", import.meta.url));

export const ADA = { name: "Ada Lovelace", email: "ada.lovelace@mail.example", password: "enchantress of numbers" };
export const SECRET = "an-api-test-secret-that-is-long-enough-3b8e";

/** What the application's server shows for its provider tokens, and what its webhook is signed with. */
export const APPLICATION = "an-application-secret-that-is-long-enough-9d27";
const HOOKS = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/**
 * hallpass with every way in, and its peers: keys, a mail server that takes everything, a provider whose tokens are kept, one
 * that posts its answers, and an application that judges credentials.
 */
export async function everything(settings, run) {
  const keys = makeKeys({ "a.pem": "es256", "b.pem": "eddsa" });
  const [smtp, oidc, application] = await Promise.all([
    startPeer("smtp"),
    startPeer("oidc-provider"),
    startPeer("application", HOOKS),
  ]);
  const provider = (id) => ({
    [`providers.${id}.kind`]: "oidc",
    [`providers.${id}.issuer`]: oidc.facts.issuer,
    [`providers.${id}.client_id`]: oidc.facts.clients.basic.id,
    [`providers.${id}.client_secret`]: oidc.facts.clients.basic.secret,
  });
  const hallpass = await serve({
    "signing.keys": [keys["a.pem"], keys["b.pem"]],
    "email.smtp": `smtp://127.0.0.1:${smtp.facts.plain}`,
    "email.from": "A site <sign-in@site.example>",
    ...provider("example"),
    "providers.example.keep_tokens": true,
    "provider_tokens.secret": APPLICATION,
    ...provider("posting"),
    "providers.posting.response_mode": "form_post",
    "hooks.secret": HOOKS,
    "credentials.ldap.name": "Company account",
    "credentials.ldap.url": application.facts.url,
    ...settings,
  });
  try {
    await run(hallpass, { smtp });
  } finally {
    await hallpass.close();
    keys.remove();
    for (const peer of [smtp, oidc, application]) peer.close();
  }
}

/** A folder with a fresh key in each of these files, by their algorithms. */
export function makeKeys(files) {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-keys-"));
  const paths = Object.entries(files).map(([name, algorithm]) => {
    const path = join(folder, name);
    writeFileSync(path, execFileSync(BINARY, ["secret", "--signing-key", algorithm], { env: {} }), { mode: 0o600 });
    return [name, path];
  });
  return { ...Object.fromEntries(paths), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** hallpass with passwords, a way out to a provider that nobody reaches, and these settings; at this port. */
export async function serve(settings, port) {
  const at = port ?? (await freePort());
  const url = `http://localhost:${at}`;
  const hallpass = await startHallpass({
    port: at,
    settings: {
      mode: "production",
      url,
      secret: SECRET,
      database: "sqlite:hallpass.db",
      "password.enabled": true,
      "password.sign_up": true,
      ...settings,
    },
  });
  return { ...hallpass, url, base: `${url}/api/auth`, port: at };
}

/** A browser, as far as cookies go. */
export class Jar {
  cookies = new Map();

  constructor(base) {
    this.base = base;
  }

  header() {
    return [...this.cookies].map((pair) => pair.join("=")).join("; ");
  }

  async ask(path, init = {}) {
    const headers = { ...init.headers, ...(this.cookies.size > 0 && { cookie: this.header() }) };
    const answer = await fetch(`${this.base}${path}`, { redirect: "manual", ...init, headers });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  async csrfToken() {
    return (await (await this.ask("/csrf")).json()).csrfToken;
  }

  async post(path, fields = {}, headers = {}) {
    const csrfToken = await this.csrfToken();
    return this.ask(path, { method: "POST", headers, body: new URLSearchParams({ csrfToken, ...fields }) });
  }

  async signUp() {
    const answer = await this.post("/signup", { ...ADA, json: "true" });
    if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
    return this;
  }

  async token() {
    const answer = await this.ask("/token");
    if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
    return (await answer.json()).token;
  }
}
