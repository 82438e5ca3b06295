// Better Auth itself, with its own adapter that keeps everything in memory: `node better-auth-server.mjs ORIGIN`.
import http from "node:http";
import { memoryAdapter } from "../../e2e/node_modules/better-auth/dist/adapters/memory-adapter/index.mjs";
import { betterAuth } from "../../e2e/node_modules/better-auth/dist/index.mjs";
import { toNodeHandler } from "../../e2e/node_modules/better-auth/dist/integrations/node.mjs";
import { announce, listen } from "../../e2e/peers/peer.mjs";

const auth = betterAuth({
  baseURL: process.argv[2],
  secret: "a-benchmark-secret-that-is-long-enough-7d20",
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
});

announce({ port: await listen(http.createServer(toNodeHandler(auth))) });
