// The site of a browser test: the React page, with everything below /api/auth handed to hallpass, as a front end and
// an auth server behind one proxy have it.
import http from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { listen } from "../peers/peer.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
let bundle;

/** The page's script, built once a process. */
function script() {
  bundle ??= build({
    entryPoints: [`${HERE}app/main.jsx`],
    bundle: true,
    write: false,
    format: "iife",
    jsx: "automatic",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"', "process.env": "{}" },
  }).then((result) => result.outputFiles[0].text);
  return bundle;
}

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A site</title><div id="root"></div>
<script src="/main.js"></script></html>`;

function hand(request, response, port) {
  const options = { host: "127.0.0.1", port, path: request.url, method: request.method, headers: request.headers };
  const onward = http.request(options, (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}

/** Serves the site; `hallpass()` tells where the auth server listens. */
export async function serveSite(hallpass) {
  const text = await script();
  const server = http.createServer((request, response) => {
    if (request.url.startsWith("/api/auth/")) {
      hand(request, response, hallpass());
    } else if (request.url === "/main.js") {
      response.writeHead(200, { "content-type": "text/javascript; charset=utf-8" });
      response.end(text);
    } else {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(PAGE);
    }
  });
  const port = await listen(server);
  return { port, close: () => server.closeAllConnections() ?? server.close() };
}
