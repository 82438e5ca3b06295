// A page of islands in Rust, each of which a test has taken over when it likes. Leptos' own script does the same, one after the other.
import init, * as page from "functions";

const ready = init({ module_or_path: "/leptos_islands_bg.wasm" }).then(() => page.hydrate());

window.take = async (n) => {
  await ready;
  const island = document.querySelectorAll("leptos-island")[n];
  page[island.dataset.component](island);
};

/** What each of them has shown, in order. */
window.seen = [0, 1].map((n) => {
  const element = document.getElementById(`who-${n}`);
  const shown = [];
  const look = () => {
    const text = `${element.dataset.status} ${element.textContent}`;
    if (text !== shown.at(-1)) shown.push(text);
  };
  look();
  new MutationObserver(look).observe(element, { subtree: true, childList: true, attributes: true, characterData: true });
  return shown;
});
