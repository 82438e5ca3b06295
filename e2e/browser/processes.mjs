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

/** A port of the loopback that nobody listens at, at this moment. */
export async function freePort() {
  const server = net.createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
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

async function untilListening(port, child) {
  for (;;) {
    if (child.exitCode !== null) return;
    const socket = net.connect(port, "127.0.0.1");
    const up = await Promise.race([once(socket, "connect").then(() => true), once(socket, "error").then(() => false)]).catch(() => false);
    socket.destroy();
    if (up) return;
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
  await untilListening(port, child);
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
