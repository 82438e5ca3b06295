import init from "/pkg/example_yew.js";

init({ module_or_path: "/pkg/example_yew_bg.wasm" });
