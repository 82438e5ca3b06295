import { testInRust } from "./in-rust.mjs";

testInRust("dioxus");
