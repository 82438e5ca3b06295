// Putting a tree into a page, by the names of React 18 and 19.
import { createRoot, hydrateRoot } from "react-dom/client";

export function attach(element, tree) {
  const root = createRoot(element);
  root.render(tree);
  return root;
}

export const hydrate = (element, tree) =>
  hydrateRoot(element, tree, { onRecoverableError: (error) => console.error(`hydration: ${error.message}`) });
