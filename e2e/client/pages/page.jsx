// The page that a test steers: the library's functions, and a tree to mount, change and take away.
import React from "react";
import { attach, hydrate } from "dom";
import { api } from "library";
import { Tree, seen } from "./tree.jsx";

const element = document.getElementById("root");
let root;

window.api = api;
window.seen = seen;
window.calls = [];
window.mount = (plan) => {
  root = attach(element, <Tree {...plan} />);
};
window.render = (plan) => root.render(<Tree {...plan} />);
window.unmount = () => root.unmount();
if (window.plan) root = hydrate(element, <Tree {...window.plan} />);
