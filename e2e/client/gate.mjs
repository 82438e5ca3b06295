// What stands between a page and hallpass: serves the pages, hands `/api/auth/*` on, keeps a record of what was asked,
// and at a test's word holds an answer back, loses it or gives another.
import http from "node:http";
import { EventEmitter } from "node:events";
import { bodyOf, listen } from "../peers/peer.mjs";
import { app, renderer, script, wasm } from "./bundle.mjs";

/** Where hallpass answers, beside the usual place: applications may mount it elsewhere. */
export const ELSEWHERE = "/somewhere/else";
/** The library of a page that asks for none: another run plays the same scenarios with another front end. */
export const OURS = process.env.HALLPASS_LIBRARY ?? "hallpass/client";
const BASES = ["/api/auth", ELSEWHERE];

const html = (body, source) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>
<link rel="icon" href="data:,">${body}<script src="${source}"></script></html>`;

async function page({ pathname, searchParams: query }) {
  const library = query.get("library") ?? OURS;
  const react = Number(query.get("react") ?? 19);
  const words = `?${new URLSearchParams({ library, react })}`;
  if (pathname === "/script.js") return [await script(library, react), "text/javascript"];
  if (pathname.endsWith(".wasm")) return [await wasm(pathname.slice(1)), "application/wasm"];
  if (pathname === "/app.js") return [await app(library), "text/javascript"];
  if (pathname === "/app") return [html('<div id="root"></div>', `/app.js${words}`)];
  const text = query.get("plan");
  if (!text) return [html('<div id="root"></div>', `/script.js${words}`)];
  const render = await renderer(library, react);
  const plan = JSON.parse(text);
  const data = `<script>window.plan = ${JSON.stringify(plan).replaceAll("<", "\\u003c")}</script>`;
  const { head, body } = render(plan);
  return [html(`${head}<div id="root">${body}</div>${data}`, `/script.js${words}`)];
}

/** One thing that was asked of hallpass. */
async function entryOf(request, base) {
  const url = new URL(request.url, "http://localhost");
  const from = request.headers.referer && new URL(request.headers.referer);
  const tab = from ? from.searchParams.get("tab") : null;
  const what = `${request.method} ${url.pathname.slice(base.length)}`;
  return { what, base, search: url.search, tab, body: await bodyOf(request), at: Date.now(), headers: request.headers };
}

export class Gate extends EventEmitter {
  /** What was asked by pages, in order. */
  asked = [];
  rules = new Map();
  /** How many answers are on their way, those that a test keeps back aside. */
  open = 0;

  constructor(port) {
    super();
    this.setMaxListeners(0);
    this.port = port;
  }

  async listen() {
    this.server = http.createServer((request, response) => {
      this.take(request, response).catch((error) => {
        process.stderr.write(`${error.stack}\n`);
        response.destroy();
      });
    });
    this.origin = `http://localhost:${await listen(this.server)}`;
    return this;
  }

  async take(request, response) {
    const base = BASES.find((base) => request.url.startsWith(`${base}/`));
    if (!base) {
      // A download, say: the page that asked stays.
      if (request.url === "/nothing") return response.writeHead(204).end();
      const [text, type = "text/html"] = await page(new URL(request.url, this.origin));
      response.writeHead(200, { "content-type": type.startsWith("text/") ? `${type}; charset=utf-8` : type, "cache-control": "no-store" });
      return response.end(text);
    }
    const entry = await entryOf(request, base);
    if (entry.tab) this.asked.push(entry);
    this.emit("asked", entry);
    const rule = entry.tab && this.rules.get(entry.what);
    if (rule) await rule(response, () => this.hand(request, entry, response));
    else await this.hand(request, entry, response);
  }

  hand(request, entry, response) {
    const path = `/api/auth${request.url.slice(entry.base.length)}`;
    const options = { host: "127.0.0.1", port: this.port, path, method: request.method, headers: request.headers };
    this.open++;
    return new Promise((resolve) => {
      const onward = http.request(options, (answer) => {
        response.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(response);
        answer.on("end", resolve);
      });
      onward.on("error", () => resolve(response.destroy()));
      onward.end(entry.body);
    }).finally(() => {
      this.open--;
      this.emit("answered");
    });
  }

  /** Answers in hallpass's place until the rule is lifted. */
  answer(what, { status = 200, type = "application/json", body = "{}", headers = {} }) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    this.rules.set(what, (response) => {
      response.writeHead(status, { "content-type": type, ...headers });
      response.end(text);
    });
  }

  /** Ends the connection without an answer. */
  drop(what) {
    this.rules.set(what, (response) => response.destroy());
  }

  /** Lets hallpass answer, and keeps each answer back until `release()`; `count()` is how many are kept. */
  hold(what, { late = false } = {}) {
    const waiting = [];
    this.rules.set(what, async (response, hand) => {
      let open;
      const opened = new Promise((resolve) => (open = resolve));
      waiting.push(open);
      this.emit("held");
      if (late) {
        // hallpass has answered before what follows; the page hears it later.
        const kept = keep(response);
        await hand();
        await opened;
        return kept();
      }
      await opened;
      return hand();
    });
    return {
      count: () => waiting.length,
      until: (count) => this.until(() => waiting.length >= count, "held"),
      release: (index) => (index === undefined ? waiting.splice(0).forEach((open) => open()) : waiting[index]()),
    };
  }

  /** Lets hallpass answer this, or everything, again. */
  lift(what) {
    if (what) this.rules.delete(what);
    else this.rules.clear();
  }

  /** How often this was asked, by that tab or by any. */
  count(what, tab) {
    return this.asked.filter((entry) => entry.what === what && (!tab || entry.tab === tab)).length;
  }

  clear() {
    this.asked.length = 0;
  }

  /** Waits for a condition that what is asked brings about. */
  until(condition, event = "asked") {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.off(event, look);
        reject(
          new Error(
            `still not: ${condition}; asked: ${this.asked.map(({ what, tab }) => `${tab} ${what}`).join(", ")}`,
          ),
        );
      }, 15_000);
      const look = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.off(event, look);
        resolve();
      };
      this.on(event, look);
      look();
    });
  }

  /** Waits until hallpass has answered everything. */
  idle() {
    return this.until(() => this.open === 0, "answered");
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Keeps what is written to a response; the answer lets it go. */
function keep(response) {
  const writes = [];
  const [writeHead, write, end] = ["writeHead", "write", "end"].map((name) => response[name].bind(response));
  response.writeHead = (...words) => void writes.push(() => writeHead(...words)) ?? response;
  response.write = (...words) => writes.push(() => write(...words)) > 0;
  response.end = (...words) => void writes.push(() => end(...words)) ?? response;
  return () => writes.forEach((act) => act());
}
