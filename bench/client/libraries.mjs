// The clients that are measured: hallpass's two entries, and what people use otherwise. All are the real packages.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const DIST = at("../../packages/hallpass/dist/");

/** Where the peers are installed. */
export const E2E = at("../../e2e/");

const version = (folder) => JSON.parse(readFileSync(`${folder}/package.json`, "utf8")).version;
const installed = (name) => version(`${E2E}node_modules/${name}`);

/** Names of next-auth 3, of 4 and 5, of Better Auth: how their pages are made, and how often they are asked to poll. */
const CLIENT = { page: `${E2E}client/pages/library-client.js`, poll: (seconds) => ({ keepAlive: seconds }) };
const REACT = { page: `${E2E}client/pages/library-react.js`, poll: (seconds) => ({ refetchInterval: seconds }) };
// Its interval is said when the client is made; the page reads it from the address.
const BETTER = { page: at("pages/better-auth.js"), poll: () => undefined };

const imports = (names, from) => `export { ${names} } from ${JSON.stringify(from)};`;
const clientOf = (from) => imports("Provider, useSession, signIn, signOut", from);
const reactOf = (from) => imports("SessionProvider, useSession, signIn, signOut", from);

/**
 * `functions`: the module that a page loads. `entry`: what its size is taken of. `react`: the newest that the package
 * declares. `leave`: the words of its `signOut`, so that it stays on the page. `nobody`: what it wants to be
 * answered when nobody is signed in, if not `{}`. `limit`: in bytes, gzip.
 */
export const LIBRARIES = [
  {
    ...CLIENT,
    name: "hallpass/client",
    version: version(at("../../packages/hallpass")),
    functions: `${DIST}client.js`,
    entry: clientOf(`${DIST}client.js`),
    ours: true,
    limit: 5500,
  },
  {
    ...REACT,
    name: "hallpass/react",
    version: version(at("../../packages/hallpass")),
    functions: `${DIST}react.js`,
    entry: reactOf(`${DIST}react.js`),
    ours: true,
    limit: 5800,
  },
  {
    ...CLIENT,
    name: "next-auth 3",
    version: installed("next-auth-3"),
    react: 17,
    functions: "next-auth-3/client",
    entry: clientOf("next-auth-3/client"),
  },
  {
    ...REACT,
    name: "next-auth 4",
    version: installed("next-auth"),
    functions: "next-auth/react",
    entry: reactOf("next-auth/react"),
  },
  {
    ...REACT,
    name: "next-auth 5",
    version: installed("next-auth-5"),
    functions: "next-auth-5/react",
    nobody: "null",
    entry: reactOf("next-auth-5/react"),
  },
  {
    ...BETTER,
    name: "Better Auth",
    version: installed("better-auth"),
    server: "better-auth",
    functions: "better-auth/react",
    entry: `import { createAuthClient } from "better-auth/react";
      export const { useSession, signIn, signOut } = createAuthClient();`,
    leave: [],
  },
].map((library) => ({ react: 19, server: "hallpass", leave: [{ redirect: false }], ...library }));

/** The version of React that a library is measured with. */
export const reactVersion = ({ react }) => installed(react === 19 ? "react" : `react-${react}`);
