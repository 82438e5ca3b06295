// Putting a tree into a page, by the names of React 17.
import ReactDOM from "react-dom";

export function attach(root, tree) {
  ReactDOM.render(tree, root);
  return { render: (next) => ReactDOM.render(next, root), unmount: () => ReactDOM.unmountComponentAtNode(root) };
}

export function hydrate(root, tree) {
  ReactDOM.hydrate(tree, root);
  return { render: (next) => ReactDOM.render(next, root), unmount: () => ReactDOM.unmountComponentAtNode(root) };
}
