// The smallest page of each crate, rendered in the browser: all behind one server, which hands `/api/auth` on to hallpass.
import http from "node:http";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freePort, startHallpass } from "../../e2e/browser/processes.mjs";
import { ADA, PASSWORD, SECRET, launch } from "../../e2e/browser/stage.mjs";
import { listen } from "../../e2e/peers/peer.mjs";

const BUILT = fileURLToPath(new URL("../../target/wasm/", import.meta.url));

/** What the pages begin with: the place of Dioxus's application, and that of `hello`, which has no framework to make one. */
const html = (page) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Hello</title><link rel="icon" href="data:,">
<div id="main"></div><p id="who"></p><button id="in">In</button><button id="out">Out</button>
<script type="module">import init from "/${page}.js"; init({ module_or_path: "/${page}_bg.wasm" });</script></html>`;

const TYPES = { js: "text/javascript", wasm: "application/wasm" };

function answer(request, response) {
  // Dioxus's program has files beside it, in folders.
  const [, name, ending] = /^\/([\w/-]+)(?:\.(js|wasm))?$/.exec(request.url) ?? [];
  if (!name) return response.writeHead(404).end();
  response.setHeader("content-type", TYPES[ending] ?? "text/html; charset=utf-8");
  response.end(ending ? readFileSync(`${BUILT}${name}.${ending}`) : html(name));
}

function handOn(request, response, port) {
  const { method, url: path, headers } = request;
  const onward = http.request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}

/** The cookies of Ada, who has just signed up. */
async function stateOfAda(browser, origin) {
  const context = await browser.newContext();
  const post = async (place, fields) => {
    const { csrfToken } = await (await context.request.get(`${origin}/api/auth/csrf`)).json();
    const form = { csrfToken, email: ADA, password: PASSWORD, json: "true", ...fields };
    const answer = await context.request.post(`${origin}/api/auth/${place}`, { form });
    if (!answer.ok()) throw new Error(`POST /${place}: ${await answer.text()}`);
  };
  await post("signup", { name: "Ada Lovelace" });
  await post("callback/credentials", {});
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Starts them; `place` is where their pages are, for `load`. */
export async function openSmallest() {
  const port = await freePort();
  const server = http.createServer((request, response) =>
    request.url.startsWith("/api/auth/") ? handOn(request, response, port) : answer(request, response),
  );
  const origin = `http://localhost:${await listen(server)}`;
  const settings = { mode: "production", url: origin, secret: SECRET, database: "sqlite:hallpass.db", "password.enabled": true, "password.sign_up": true };
  const hallpass = await startHallpass({ port, settings });
  const browser = await launch();
  return {
    place: { browser, origin, storageState: await stateOfAda(browser, origin) },
    async end() {
      await browser.close();
      server.closeAllConnections();
      server.close();
      await hallpass.close();
    },
  };
}
