// What every peer process does alike: it listens on a free port of the loopback, tells its parent where in one line
// of JSON, and ends when the parent closes its standard input (so no peer outlives a killed test run).
import http from "node:http";

/** Listens on 127.0.0.1 and a port the kernel chose; answers with the port. */
export function listen(server, port = 0) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server.address().port));
  });
}

/** Tells the parent that this peer is ready, and where. */
export function announce(facts) {
  process.stdout.write(`${JSON.stringify(facts)}\n`);
  process.stdin.on("end", () => process.exit(0));
  process.stdin.on("error", () => process.exit(0));
  process.stdin.resume();
}

/** The whole body of a request, as text; a megabyte at most. */
export async function bodyOf(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > 1 << 20) throw new Error("the body is too large");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Answers with JSON. */
export function sendJson(response, status, value, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers });
  response.end(JSON.stringify(value));
}

/** Answers with a page. */
export function sendPage(response, status, html) {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
  response.end(html);
}

/**
 * An HTTP server from a table `{"GET /path": async (request, response, url) => …}`; what is not in the table goes
 * to `rest`. A thrown error is a 500 with its text, so that a broken peer is seen in the test that met it.
 */
export function serveTable(table, rest) {
  return http.createServer(async (request, response) => {
    const url = new URL(request.url, "http://127.0.0.1");
    const answer = table[`${request.method} ${url.pathname}`] ?? rest;
    try {
      if (answer === undefined) sendJson(response, 404, { error: "no such path" });
      else await answer(request, response, url);
    } catch (error) {
      process.stderr.write(`${error.stack}\n`);
      if (!response.headersSent) sendJson(response, 500, { error: String(error) });
      else response.destroy();
    }
  });
}

/** Text as it may stand in HTML. */
export function escapeHtml(text) {
  return String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
