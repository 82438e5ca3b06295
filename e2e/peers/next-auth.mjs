// A real server of NextAuth.js, the packages as they are: `node next-auth.mjs 3|4|5 --secret TEXT`, with Ada's password and sessions in
// tokens. → {"url": "http://127.0.0.1:N"}
import http from "node:http";
import { parseArgs } from "node:util";
import { announce, bodyOf, listen } from "./peer.mjs";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { secret: { type: "string" } } });
const [version] = positionals;
const ADA = { id: "7", name: "Ada Lovelace", email: "ada@example.com" };

/** Whoever knows the password. */
const credentials = {
  name: "Password",
  credentials: { email: { label: "E-mail" }, password: { label: "Password", type: "password" } },
  authorize: ({ email, password }) => (email === ADA.email && password === "correct-horse" ? ADA : null),
};

/** `update(data)` names the user anew. */
const callbacks = {
  jwt: ({ token, trigger, session }) => (trigger === "update" && session?.name ? { ...token, name: session.name } : token),
};

/** What Next.js adds to a request and an answer, which is all that versions 3 and 4 want of it. */
async function asNext(request, response) {
  const url = new URL(request.url, "http://127.0.0.1");
  const nextauth = url.pathname.replace(/^\/api\/auth\//, "").split("/");
  const text = await bodyOf(request);
  const isJson = request.headers["content-type"]?.includes("json");
  const pairs = (request.headers.cookie ?? "").split(/; */).filter(Boolean);
  request.query = { ...Object.fromEntries(url.searchParams), nextauth };
  request.body = isJson ? JSON.parse(text || "{}") : Object.fromEntries(new URLSearchParams(text));
  request.cookies = Object.fromEntries(pairs.map((pair) => pair.split("=")).map(([name, value]) => [name, decodeURIComponent(value)]));
  response.status = (code) => {
    response.statusCode = code;
    return response;
  };
  response.json = (value) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(value));
  };
  response.send = (body) => response.end(typeof body === "object" ? JSON.stringify(body) : body);
}

const SERVERS = {
  async 3() {
    const { default: NextAuth } = (await import("next-auth-3")).default;
    const { default: Providers } = (await import("next-auth-3/providers")).default;
    const options = { secret: values.secret, jwt: { secret: values.secret }, providers: [Providers.Credentials(credentials)] };
    return (request, response) => NextAuth(request, response, options);
  },
  async 4() {
    const { default: NextAuth } = (await import("next-auth")).default;
    const { default: Credentials } = (await import("next-auth/providers/credentials")).default;
    const options = { secret: values.secret, providers: [Credentials(credentials)], callbacks };
    return (request, response) => NextAuth(request, response, options);
  },
  async 5() {
    const { Auth } = await import("@auth/core");
    const { default: Credentials } = await import("@auth/core/providers/credentials");
    const providers = [Credentials(credentials)];
    const options = { secret: values.secret, trustHost: true, basePath: "/api/auth", providers, callbacks, logger: { error() {} } };
    return async (request, response) => {
      const { method, headers } = request;
      const body = method === "POST" ? await bodyOf(request) : undefined;
      const answer = await Auth(new Request(`http://${headers.host}${request.url}`, { method, headers, body }), options);
      response.statusCode = answer.status;
      for (const [name, value] of answer.headers) if (name !== "set-cookie") response.setHeader(name, value);
      response.setHeader("set-cookie", answer.headers.getSetCookie());
      response.end(await answer.text());
    };
  },
};

let handle;
const server = http.createServer(async (request, response) => {
  if (version !== "5") await asNext(request, response);
  await handle(request, response);
});
const url = `http://127.0.0.1:${await listen(server)}`;
process.env.NEXTAUTH_URL = url;
console.error = () => {};
console.warn = () => {};
handle = await SERVERS[version]();
announce({ url });
