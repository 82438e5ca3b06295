// The ways in, which are the same for every example with a sign-in page of its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA } from "./example.mjs";
import { headers, openBrowser, openTab, reads, sendPassword, signOut, untilSignedIn, untilSignedOut } from "./visitor.mjs";

/** Declares the tests; `example()` is the example once it is open, with mail and OIDC. */
export function testWaysIn(example) {
  const open = async (path) => openTab(example(), await openBrowser(example()), path);

  const smtp = (mode) =>
    fetch(`http://127.0.0.1:${example().smtp.facts.control}/mode`, { method: "POST", body: JSON.stringify({ mode }) });

  async function sendMail(page, address) {
    const form = page.locator("form", { has: page.getByRole("button", { name: "Send me a link" }) });
    await form.getByLabel("E-mail").fill(address);
    await form.getByRole("button").click();
    return form;
  }

  test("a wrong password is told in the form, and nobody is signed in", async () => {
    const page = await open("/sign-in");
    await sendPassword(page, "wrong password");
    await page.getByRole("alert").filter({ hasText: "No account has this address" }).waitFor();
    await untilSignedOut(page);
    example().forgive(/status of 401/);
  });

  test("the right password signs in without loading the page again, and leads on", async () => {
    const page = await open("/sign-in");
    await page.evaluate(() => void (window.sameDocument = true));
    await sendPassword(page);
    await page.waitForURL(`${example().origin}/`);
    await untilSignedIn(page);
    await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
    assert.equal(await page.evaluate(() => window.sameDocument), true);
    assert.equal(JSON.parse(await page.locator("#session").textContent()).user.email, ADA);
  });

  test("a mail that cannot be sent is told in the form", async () => {
    const page = await open("/sign-in");
    await smtp("refuse-rcpt");
    const form = await sendMail(page, "refused@mail.example");
    await form.getByRole("alert").filter({ hasText: "The mail could not be sent" }).waitFor();
    await smtp("accept");
    await untilSignedOut(page);
  });

  test("the link in a mail signs in, and the tab that asked for it follows", async () => {
    const page = await open("/sign-in");
    await sendMail(page, "mary.somerville@mail.example");
    await page.getByText("Look at your mail").waitFor();
    const second = await page.context().newPage();
    await second.goto(await example().link());
    await second.getByRole("button").click();
    await untilSignedIn(second, "mary.somerville@mail.example");
    await untilSignedIn(page, "mary.somerville@mail.example");
  });

  test("a provider signs in and leads back", async () => {
    const page = await open("/sign-in");
    await page.getByRole("button", { name: "Continue with Example Identity" }).click();
    await page.getByRole("button", { name: /Grace Hopper/ }).click();
    await page.waitForURL(`${example().origin}/`);
    await untilSignedIn(page, "Grace Hopper");
    await signOut(page);
    await untilSignedOut(page);
  });

  test("a button that leads away and somebody who thinks better of it: the page is as it was", async () => {
    const page = await open("/sign-in");
    await page.getByRole("button", { name: "Continue with Example Identity" }).click();
    await page.getByRole("button", { name: /Grace Hopper/ }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Continue with Example Identity" }).waitFor();
    await untilSignedOut(page);
  });

  test("a sign-in page is not for somebody who is signed in", async () => {
    const page = await openTab(example(), await openBrowser(example(), { ada: true }), "/sign-in");
    await page.waitForURL(`${example().origin}/`);
    await untilSignedIn(page);
  });

  test("what the address bar says about where to go stays on this site", async () => {
    const page = await open("/sign-in?callbackUrl=https%3A%2F%2Fevil.example%2F");
    await sendPassword(page);
    await page.waitForURL(`${example().origin}/`);
    await untilSignedIn(page);
    assert.ok(reads(page) <= 2, page.asked.join());
    const said = await headers(page);
    // While a page is read its links come one after the other.
    assert.ok(said.every((text) => /Sign (in|out)|^(Private|Protected(Server)?)$/.test(text)), said.join(" · "));
  });
}
