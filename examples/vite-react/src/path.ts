// As much of a router as three pages need.
import { useSyncExternalStore, type MouseEvent } from "react";

function subscribe(look: () => void) {
  window.addEventListener("popstate", look);
  return () => window.removeEventListener("popstate", look);
}

/** The path of the page that is shown. */
export const usePath = () => useSyncExternalStore(subscribe, () => location.pathname);

/** Shows another page of this app; for addresses elsewhere, leaves the app. */
export function go(to: string) {
  const url = new URL(to, location.href);
  if (url.origin !== location.origin) return location.assign(url);
  history.pushState(null, "", url);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** For links: a plain click goes without loading the app again. */
export function follow(event: MouseEvent<HTMLAnchorElement>) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go(event.currentTarget.href);
}
