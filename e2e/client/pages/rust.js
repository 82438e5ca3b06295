// A page whose client is written in Rust, with the face of the page without a framework, so that the same tests play on it.
import init, * as page from "functions";

const library = new URL(document.currentScript.src).searchParams.get("library");
const name = library === "hallpass-browser" ? "page" : library.slice("hallpass-".length);
const ready = init({ module_or_path: `/${name}_bg.wasm` });
const element = document.getElementById("root");
const text = (value) => (value == null ? undefined : String(value));

/** Asks the Rust side, which answers in JSON; what is `null` there is `undefined` for whoever left the page. */
async function ask(name, ...words) {
  await ready;
  const answer = JSON.parse(await page[name](...words));
  if (answer?.thrown) throw new Error(answer.thrown);
  return answer;
}

function pairs(fields) {
  const all = [];
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (value != null && !["redirect", "callbackUrl"].includes(name)) all.push([name, String(value)]);
  }
  return JSON.stringify(all);
}

let known;
let snapshot;

window.api = {
  getSession: () => ask("get_session"),
  getCsrfToken: () => ask("get_csrf_token"),
  getProviders: () => ask("get_providers"),
  update: (data) => ask("update", JSON.stringify(data ?? null)),
  updateUnwritable: () => ask("update_unwritable"),
  signIn: (provider, options, authorization) => {
    const { callbackUrl, redirect } = options ?? {};
    const words = [pairs(options), pairs(authorization), text(callbackUrl), redirect === false];
    return ask("sign_in", typeof provider === "string" ? provider : "", ...words);
  },
  signOut: (options) => ask("sign_out", text(options?.callbackUrl), options?.redirect === false),
  setOptions: (options) => page.set_options(JSON.stringify(options ?? {})),
  getSnapshot: () => {
    const json = page.current();
    if (json !== known) {
      snapshot = JSON.parse((known = json));
      if (snapshot.status === "loading") snapshot.data = undefined;
    }
    return snapshot;
  },
  // What JavaScript has no words for.
  dropAll: async () => (await ready, page.drop_all()),
  signOutDropped: async () => (await ready, page.sign_out_dropped()),
  getMisfit: () => ask("get_misfit"),
};
window.seen = { shown: [], renders: [0], values: [] };
window.calls = [];

/** A framework shows it, and tells when it has. */
function shown(n) {
  window.seen.renders[n] = (window.seen.renders[n] ?? 0) + 1;
  if (n > 0) return;
  const { dataset, textContent } = document.getElementById("who-0");
  window.seen.values[0] = window.api.getSnapshot();
  window.seen.shown.push(`${dataset.status} ${textContent}`);
}

/** The page without a framework shows it. */
function show() {
  const { status, data } = (window.seen.values[0] = window.api.getSnapshot());
  window.seen.renders[0]++;
  window.seen.shown.push(`${status} ${data?.user?.email ?? data}`);
  element.innerHTML = `<p id="who-0" data-status="${status}"></p>`;
  element.firstChild.textContent = String(data?.user?.email ?? data);
}

/** What the page is rendered with: `text` as it is, or a session as JSON. */
const given = ({ text, session }) => text ?? (session === undefined ? undefined : JSON.stringify(session));
const written = (plan) => JSON.stringify({ ...plan, session: undefined, text: given(plan) });

window.mount = async (plan = {}) => {
  await ready;
  if (page.mount) {
    page.mount(element, written(plan), shown, () => void window.calls.push("away"));
    window.unmount = page.unmount;
    return;
  }
  if (plan.options) window.api.setOptions(plan.options);
  page.subscribe(show, given(plan));
  window.unmount = page.unsubscribe;
  show();
};

window.render = async (plan) => {
  if (page.render) return page.render(written(plan));
  // Without a framework that is to subscribe anew, or not to.
  page.unsubscribe();
  if (plan.shape === "empty") element.innerHTML = '<p id="nothing">nothing</p>';
  else await window.mount({ ...plan, options: plan.options ?? {} });
};

/** Whether something else is there now: comments are how frameworks find their places again. */
function changes({ type, target, attributeName, oldValue, addedNodes, removedNodes }) {
  if (type === "attributes") return target.getAttribute(attributeName) !== oldValue;
  if (type === "characterData") return target.data !== oldValue;
  return [...addedNodes, ...removedNodes].some((node) => node.nodeName !== "#comment" && (node.tagName || node.data));
}

/** Notes what is changed of what a server has written. */
function watch() {
  window.seen.changed = [];
  new MutationObserver((all) => {
    for (const one of all) if (changes(one)) window.seen.changed.push(`${one.type} ${one.target.nodeName}`);
  }).observe(element, { subtree: true, childList: true, attributeOldValue: true, characterDataOldValue: true });
}

if (window.plan) {
  watch();
  ready.then(() => page.hydrate(element, JSON.stringify(window.plan.options ?? {}), shown));
}
