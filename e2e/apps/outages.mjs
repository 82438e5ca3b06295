// What is shown while hallpass cannot be asked, which is the same for every example: nobody is signed out by an outage.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { openExample } from "./example.mjs";
import {
  complaints,
  lookUntilStale,
  openBrowser,
  openTab,
  sendPassword,
  signOut,
  untilFresh,
  untilSignedIn,
  untilSignedOut,
  untilStale,
} from "./visitor.mjs";

/** What a proxy says while there is no hallpass behind it. */
const IMPOSTORS = [
  { what: "a page of HTML", status: 200, type: "text/html; charset=utf-8", body: "<!doctype html><title>Welcome</title>" },
  { what: "502", status: 502, type: "text/html", body: "<h1>Bad Gateway</h1>" },
  { what: "an empty 503", status: 503, type: "text/plain", body: "" },
];

/** Something else listens where hallpass did. */
async function openImpostor(port, { status, type, body }) {
  const asked = [];
  const server = http.createServer((request, response) => {
    request.resume();
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status, { "content-type": type }).end(body);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Waits until a list that grows holds so many lines like this. */
async function untilCounted(list, pattern, count) {
  while (list.filter((line) => pattern.test(line)).length < count) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Declares the tests for this example; `together` is whether hallpass is within the app's own process, which has no page without it. */
export function testOutages(name, { together = false } = {}) {
  let example;
  const folder = mkdtempSync(join(tmpdir(), "hallpass-outages-"));
  before(async () => {
    example = await openExample(name, { settings: { database: `sqlite:${folder}/hallpass.db` } });
    await example.addAda();
  });
  after(async () => {
    await example.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let running = true;
  const stop = async () => {
    running = false;
    await example.hallpass.close();
  };
  const start = async () => {
    await example.startHallpass();
    running = true;
  };
  afterEach(() => running || start());

  const open = async (options, path) => {
    const page = await openTab(example, await openBrowser(example, options), path);
    page.complaints = complaints(page);
    return page;
  };

  /** Forgets what the outages of this test have left in the consoles. */
  const forgive = () => {
    example.forgive(/\[hallpass\]|Failed to load resource/);
    // Next says in its log that its rewrite led nowhere.
    example.app.lines.splice(0);
  };

  test("offline nobody is signed out, the page says so, and back online it is as it was", async () => {
    const page = await open({ ada: true });
    await untilSignedIn(page);
    await page.context().setOffline(true);
    await lookUntilStale(page);
    await untilSignedIn(page);
    await page.context().setOffline(false);
    await untilFresh(page);
    await untilSignedIn(page);
    assert.equal(page.complaints.length, 1, page.complaints.join("\n"));
    assert.match(page.complaints[0], /^\[hallpass\] GET \/api\/auth\/session: ./);
    forgive();
  });

  test("a sign-out that did not reach the server is not shown as one", async () => {
    const page = await open({ ada: true });
    await untilSignedIn(page);
    await page.context().setOffline(true);
    await signOut(page);
    await untilStale(page);
    await untilSignedIn(page);
    await page.context().setOffline(false);
    await untilFresh(page);
    await untilSignedIn(page);
    forgive();
  });

  test("a sign-in while nobody answers says whose fault it is, and works afterwards", async () => {
    const page = await open({}, "/sign-in");
    await page.getByLabel("Password").waitFor();
    await stop();
    await sendPassword(page);
    await page.getByRole("alert").filter({ hasText: "The sign-in server cannot be reached" }).waitFor();
    await start();
    await sendPassword(page);
    await untilSignedIn(page);
    forgive();
  });

  test("a restart of hallpass signs nobody out, and the page finds back by itself", async () => {
    const page = await open({ ada: true });
    await untilSignedIn(page);
    await stop();
    await lookUntilStale(page);
    await untilSignedIn(page);
    await start();
    await untilFresh(page);
    await untilSignedIn(page);
    assert.equal(page.complaints.length, 1, page.complaints.join("\n"));
    forgive();
  });

  for (const impostor of IMPOSTORS) {
    test(`${impostor.what} in the place of an answer signs nobody out, and is told once`, async () => {
      const page = await open({ ada: true });
      await untilSignedIn(page);
      await stop();
      const { asked, close } = await openImpostor(example.port, impostor);
      await lookUntilStale(page);
      await untilCounted(asked, /^GET .*\/session$/, 3);
      await untilSignedIn(page);
      await close();
      await start();
      await untilFresh(page);
      await untilSignedIn(page);
      const told = page.complaints.filter((line) => line.includes(` ${impostor.status} ${impostor.type.split(";")[0]}`));
      assert.equal(told.length, 1, page.complaints.join("\n"));
      forgive();
    });
  }

  if (!together) test("a page that is opened during an outage says so, and finds out by itself who is signed in", async () => {
    const context = await openBrowser(example, { ada: true });
    await stop();
    const page = await openTab(example, context);
    await untilStale(page);
    await start();
    await untilFresh(page);
    await untilSignedIn(page);
    await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
    forgive();
  });

  test("a sign-out in another tab during an outage of this one's network is seen when it is back", async () => {
    const first = await open({ ada: true });
    await untilSignedIn(first);
    const second = await openTab(example, first.context());
    await untilSignedIn(second);
    await first.route("**/api/auth/**", (route) => route.abort());
    await lookUntilStale(first);
    await signOut(second);
    // Told by the other tab, which needs no network.
    await untilSignedOut(first);
    await first.unroute("**/api/auth/**");
    forgive();
  });
}
