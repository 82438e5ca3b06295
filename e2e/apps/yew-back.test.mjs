import { testBack } from "./back.mjs";

// What a page of theirs shows is kept by no cache.
testBack("yew", { kept: false });
