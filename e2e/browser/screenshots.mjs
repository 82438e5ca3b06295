// Takes the pictures of the built-in pages for the book, each in both themes: `node browser/screenshots.mjs FOLDER`.
// The pages stand under the address they would have on the internet; Chromium's requests to it are answered by the
// hallpass on this machine.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, startHallpass, startPeer } from "./processes.mjs";
import { launch } from "./stage.mjs";

const SITE = "https://app.example.com";
const ADA = "ada@example.com";
const DESK = { width: 800, height: 640 };
const PHONE = { width: 360, height: 640 };

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("say which folder the pictures go into");

const provider = (id, settings) =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [`providers.${id}.${key}`, value]));

async function startSite(smtp, oidc) {
  const port = await freePort();
  const client = { client_id: "a-client", client_secret: "a-secret-of-the-client" };
  const hallpass = await startHallpass({
    port,
    settings: {
      mode: "production",
      url: SITE,
      secret: "a-secret-for-pictures-that-is-long-enough-91f2",
      "password.enabled": true,
      "password.sign_up": true,
      "email.smtp": `smtp://127.0.0.1:${smtp.facts.plain}`,
      "email.from": "Example <sign-in@app.example.com>",
      ...provider("google", client),
      ...provider("github", client),
      ...provider("example", { kind: "oidc", name: "Example Corp", issuer: oidc.facts.issuer, ...client }),
    },
  });
  return { port, hallpass };
}

/** Asks hallpass in place of the internet; redirects are left to the browser. */
function answerFrom(port) {
  return async (route) => {
    const request = route.request();
    const { pathname, search } = new URL(request.url());
    const answer = await fetch(`http://127.0.0.1:${port}${pathname}${search}`, {
      method: request.method(),
      headers: { ...(await request.allHeaders()), host: "app.example.com" },
      body: request.postData() ?? undefined,
      redirect: "manual",
    });
    const headers = Object.fromEntries(answer.headers);
    await route.fulfill({ status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) });
  };
}

const header = (answer) => answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");

/** Posts a form, and answers with the cookies that come of it. */
async function post(port, path, fields) {
  const base = `http://127.0.0.1:${port}/api/auth`;
  const csrf = await fetch(`${base}/csrf`);
  const { csrfToken } = await csrf.json();
  const answer = await fetch(`${base}/${path}`, {
    method: "POST",
    headers: { cookie: header(csrf) },
    body: new URLSearchParams({ csrfToken, json: "true", ...fields }),
  });
  return answer.headers.getSetCookie().map(cookieOf);
}

/** Has Ada sent a mail, and answers with it. */
async function mail(port, smtp, path) {
  const cookies = await post(port, path, { email: ADA });
  const messages = await (await fetch(`http://127.0.0.1:${smtp.facts.control}/messages`)).json();
  return { ...messages.at(-1), cookies };
}

/** A cookie of an answer, for a browser that is to be the one that asked. */
function cookieOf(line) {
  const [name, value] = line.split(";")[0].split(/=(.*)/s);
  return { name, value, url: SITE, secure: true };
}

const linkIn = (message) => /https:\/\/\S+/.exec(message.text)[0];

async function pictures(browser, port, { signIn, forgotten, session }, colorScheme) {
  const suffix = colorScheme === "dark" ? "-dark" : "";
  const take = async (name, viewport, show, cookies = []) => {
    const context = await browser.newContext({ colorScheme, viewport });
    await context.addCookies(cookies);
    await context.route(`${SITE}/**`, answerFrom(port));
    const page = await context.newPage();
    await show(page);
    await page.screenshot({ path: join(folder, `${name}${suffix}.png`), fullPage: true, animations: "disabled" });
    await context.close();
  };
  const open = (path) => (page) => page.goto(`${SITE}/api/auth/${path}`);
  await take("sign-in", DESK, open("signin"));
  await take("sign-in-phone", PHONE, open("signin"));
  await take("sign-in-error", DESK, open("signin?error=CredentialsSignin"));
  await take("sign-up", DESK, open("signup"));
  await take("verify-request", DESK, open("verify-request?provider=email&type=email"), signIn.cookies);
  await take("confirm-link", DESK, (page) => page.goto(linkIn(signIn)), signIn.cookies);
  await take("confirm-code", DESK, (page) => page.goto(linkIn(signIn)));
  await take("sign-out", DESK, open("signout"));
  await take("error", DESK, open("error?error=Verification"));
  await take("mail", DESK, (page) => page.setContent(signIn.html));
  await take("password", DESK, open("password"), session);
  await take("password-reset", DESK, open("password/reset"));
  await take("password-new", DESK, (page) => page.goto(linkIn(forgotten)));
  await take("password-mail", DESK, (page) => page.setContent(forgotten.html));
}

const [smtp, oidc] = await Promise.all([startPeer("smtp"), startPeer("oidc-provider")]);
const { port, hallpass } = await startSite(smtp, oidc);
const browser = await launch({ FONTCONFIG_FILE: fileURLToPath(new URL("fonts.conf", import.meta.url)) });
const session = (await post(port, "signup", { email: ADA, password: "enchantress of numbers", name: "Ada" }))
  .filter(({ name }) => name.includes("session-token"));
const shown = { signIn: await mail(port, smtp, "signin/email"), forgotten: await mail(port, smtp, "password/reset"), session };
for (const colorScheme of ["light", "dark"]) await pictures(browser, port, shown, colorScheme);
await browser.close();
await hallpass.close();
smtp.close();
oidc.close();
