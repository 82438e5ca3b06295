// The same tree, on a server.
import React from "react";
import { renderToString } from "react-dom/server";
import { Tree, seen } from "./tree.jsx";

export function render(plan) {
  seen.renders.length = 0;
  return renderToString(<Tree {...plan} />);
}
