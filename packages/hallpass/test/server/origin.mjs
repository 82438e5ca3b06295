// A server that writes down exactly what it is sent, and answers what it is told to.
import { once } from "node:events";
import http from "node:http";

/** What a session looks like on the wire. */
export const SESSION = { user: { name: "J Smith", email: "j@example.com" }, expires: "2099-01-01T00:00:00.000Z" };

/** A JSON answer. */
export const json = (data, headers = {}, status = 200) => (response) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(data));

/** Starts it; `answer` may be replaced between two questions. */
export async function startOrigin(answer = json(SESSION)) {
  const origin = { answer, requests: [] };
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url, headers } = request;
      origin.requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      origin.answer(response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin.host = `http://127.0.0.1:${server.address().port}`;
  origin.url = `${origin.host}/api/auth`;
  origin.close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return origin;
}

/** Serves one request with `handle(req, res)`, sent by `init`; gives the answer to it. */
export async function through(handle, init = {}) {
  const failures = [];
  const server = http.createServer((request, response) => {
    Promise.resolve(handle(request, response)).then(
      () => response.end(),
      (error) => {
        failures.push(error);
        response.destroy();
      },
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, init);
    await answer.text();
    return answer;
  } catch (error) {
    throw failures[0] ?? error;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
