// Stands between the pages and a server: serves the pages, hands `/api/auth/*` on, keeps a record of what each tab
// asked, and delivers answers to tabs late if told to.
import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { bodyOf, listen } from "../../e2e/peers/peer.mjs";

const BASE = "/api/auth/";

const page = (library) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>
<link rel="icon" href="data:,"><div id="root"></div><script src="/${library}.js"></script></html>`;

/** The words of the page from which a request comes; what the benchmark itself asks comes from none. */
function pageOf({ headers: { referer } }) {
  return referer ? new URL(referer).searchParams : new URLSearchParams();
}

export class Relay {
  /** What tabs asked, in order: `{ tab, what }`. */
  asked = [];
  /** By how much the answers to tabs are late, in milliseconds. */
  delay = 0;
  open = 0;

  /** `scripts`: by number of the library. */
  constructor(scripts) {
    this.scripts = scripts;
  }

  async listen() {
    this.server = http.createServer((request, response) => {
      this.answer(request, response).catch((error) => {
        process.stderr.write(`${error.stack}\n`);
        response.destroy();
      });
    });
    this.origin = `http://localhost:${await listen(this.server)}`;
    return this;
  }

  async answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.origin);
    if (!pathname.startsWith(BASE)) {
      const number = /^\/(\d+)\.js$/.exec(pathname)?.[1];
      const [type, text] = number
        ? ["text/javascript", this.scripts[number]]
        : ["text/html", page(searchParams.get("library"))];
      response.writeHead(200, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" });
      return response.end(text);
    }
    const from = pageOf(request);
    const tab = from.get("tab");
    if (tab) this.asked.push({ tab, what: `${request.method} ${pathname.slice(BASE.length - 1)}` });
    this.open++;
    try {
      await this.hand(request, await bodyOf(request), response, from);
    } finally {
      this.open--;
    }
  }

  /** `nobody`: what a client expects instead of `{}`, the answer of the first four generations, if nobody is signed in. */
  hand({ url: path, method, headers }, body, response, from) {
    const [tab, nobody] = [from.get("tab"), from.get("nobody")];
    return new Promise((resolve, reject) => {
      const onward = http.request({ host: "127.0.0.1", port: this.port, path, method, headers }, async (answer) => {
        const said = await bodyOf(answer);
        const text = nobody && said === "{}" ? nobody : said;
        if (tab && this.delay) await pause(this.delay);
        // The tab may be gone: then nobody hears it, and `end` would never say that it was heard.
        const { "transfer-encoding": _, ...rest } = answer.headers;
        const all = { ...rest, "content-length": Buffer.byteLength(text) };
        response.writeHead(answer.statusCode, all).end(text);
        resolve();
      });
      onward.on("error", reject);
      onward.end(body);
    });
  }

  /** What these tabs asked so far. */
  count(...tabs) {
    return this.asked.filter(({ tab }) => tabs.includes(tab)).length;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
