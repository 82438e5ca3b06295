import { testInRust } from "./in-rust.mjs";

testInRust("yew");
