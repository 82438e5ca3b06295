// Starting and ending the processes of a browser test: hallpass and its peers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PEERS = fileURLToPath(new URL("../peers/", import.meta.url));
const BINARY = process.env.HALLPASS_BIN ?? fileURLToPath(new URL("../../target/debug/hallpass", import.meta.url));

/**
 * A port of the loopback that nobody listens at, at this moment; not one that the kernel also gives to outgoing
 * connections, for a connection to a port where nobody listens yet may then meet itself.
 */
export async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    const server = net.createServer();
    const free = await new Promise((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

/** Starts a program of e2e/peers; `facts` is what it tells of itself. */
export async function startPeer(name, ...words) {
  const child = spawn(process.execPath, [join(PEERS, `${name}.mjs`), ...words], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { facts: JSON.parse(line), close: () => child.stdin.end() };
}

/** A `hallpass.toml` with one dotted key a line. */
function toml(settings) {
  return Object.entries(settings)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join("");
}

async function untilReady(port, child) {
  while (child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** `hallpass serve` in a folder of its own; without settings there is no file, and it is in development mode. */
export async function startHallpass({ settings, environment = {}, port }) {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-browser-"));
  if (settings) writeFileSync(join(folder, "hallpass.toml"), toml({ listen: `127.0.0.1:${port}`, ...settings }));
  const child = spawn(BINARY, ["serve"], { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const lines = [];
  for (const pipe of [child.stdout, child.stderr]) createInterface({ input: pipe }).on("line", (line) => lines.push(line));
  await untilReady(port, child);
  if (child.exitCode !== null) throw new Error(`hallpass ended at its start:\n${lines.join("\n")}`);
  return {
    lines,
    folder,
    async close() {
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
      if (code !== 0) throw new Error(`hallpass ended with ${code}:\n${lines.join("\n")}`);
    },
  };
}
