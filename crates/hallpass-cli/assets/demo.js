// The demo: a client of the API and nothing more. What a server says is shown as text, never as markup.
"use strict";

const base = document.documentElement.dataset.basePath;
const here = location.origin + "/";
const byId = (id) => document.getElementById(id);

const messages = {
  CredentialsSignin: "That email and password do not fit together.",
  OAuthAccountNotLinked: "Sign in the way you did before: this address belongs to another way to sign in.",
  OAuthSignin: "The provider could not be asked. Try again.",
  OAuthCallback: "The provider did not sign you in. Try again.",
  EmailSignin: "The mail could not be sent. Try again.",
  SessionRequired: "Please sign in.",
  AccessDenied: "You may not sign in.",
};

function notice(text, bad) {
  byId("notice").textContent = text;
  byId("notice").classList.toggle("bad", Boolean(bad));
}

async function get(path) {
  const response = await fetch(base + path, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/// Posts a form the way next-auth's own client does, and answers with the URL to go on to.
async function post(path, fields) {
  const { csrfToken } = await get("/csrf");
  const body = new URLSearchParams({ ...fields, csrfToken, callbackUrl: here, json: "true" });
  const response = await fetch(base + path, { method: "POST", body });
  const { url } = await response.json();
  return new URL(url, here);
}

function errorIn(url) {
  const code = url.searchParams.get("error");
  return code && (messages[code] || `That did not work (${code}).`);
}

/// Runs one step with its button disabled, and tells the person if it fails.
async function step(button, action) {
  button.disabled = true;
  notice("");
  try {
    await action();
  } catch {
    notice("The server did not answer as expected. Try again.", true);
  } finally {
    button.disabled = false;
  }
}

async function showSession() {
  const session = await get("/session");
  const user = session && session.user;
  byId("session").textContent = JSON.stringify(session, null, 2);
  byId("greeting").textContent = user ? `Hello, ${user.name || user.email || "you"}` : "Sign in";
  byId("signed-in").hidden = !user;
  byId("signed-out").hidden = Boolean(user);
}

async function showProviders() {
  for (const provider of Object.values(await get("/providers"))) {
    if (provider.id === "credentials") byId("password").hidden = false;
    else if (provider.type === "email") byId("email").hidden = false;
    else if (provider.type !== "credentials") addButton(provider);
  }
}

function addButton(provider) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = `Sign in with ${provider.name}`;
  button.addEventListener("click", () => step(button, async () => {
    location.assign(await post(`/signin/${encodeURIComponent(provider.id)}`, {}));
  }));
  byId("buttons").append(button);
}

byId("password").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  step(event.submitter || form.querySelector("button"), async () => {
    const fields = { email: form.email.value, password: form.password.value };
    const error = errorIn(await post("/callback/credentials", fields));
    if (error) return notice(error, true);
    form.reset();
    await showSession();
    byId("sign-out").focus();
  });
});

byId("email").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  step(event.submitter || form.querySelector("button"), async () => {
    const url = await post("/signin/email", { email: form.email.value });
    const error = errorIn(url);
    if (error) return notice(error, true);
    location.assign(url);
  });
});

byId("sign-out").addEventListener("click", (event) => step(event.currentTarget, async () => {
  await post("/signout", {});
  await showSession();
  notice("You are signed out.");
}));

step(byId("sign-out"), async () => {
  await Promise.all([showProviders(), showSession()]);
  const error = errorIn(new URL(location.href));
  if (error) notice(error, true);
});
