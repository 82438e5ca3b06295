// What `hallpass-browser` adds to a page: the examples `hello` and `hello_without` of the crate, weighed.
import { weigh } from "./weigh.mjs";

/**
 * What it may weigh here, in bytes: a page with nothing else in it pays for formatting, allocation and JSON too, which an
 * application has already. The project's aim for an application is 40,000.
 */
const LIMIT = 47_000;

const [page, without] = ["hello", "hello_without"].map(weigh);
const added = page.wasm - without.wasm;
console.log(`hello: ${page.wasm} B of wasm and ${page.glue} B of JavaScript, gzip`);
console.log(`hello without hallpass: ${without.wasm} B and ${without.glue} B`);
console.log(`hallpass-browser adds ${added} B of wasm (limit ${LIMIT}) and ${page.glue - without.glue} B of JavaScript`);
if (!(added <= LIMIT)) process.exitCode = 1;
