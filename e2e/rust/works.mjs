// That a page in Rust is as good as before: nothing trapped, and whoever signs in and out is shown.
import assert from "node:assert/strict";
import { ADA, call, faults, signInHere, until } from "../client/ground.mjs";

/** Ends with nobody signed in, and the usual options; a base path stays unless another is named. `wanted`: the errors that the page is to have told, each once. */
export async function works(context, page, wanted = []) {
  assert.deepEqual(await faults(page), []);
  await call(page, "setOptions", { basePath: "/api/auth" });
  assert.equal((await signInHere(page)).ok, true);
  await until(page, "authenticated");
  assert.equal((await call(page, "getSession")).user.email, ADA);
  assert.ok((await call(page, "signOut", { redirect: false })).url);
  await until(page, "unauthenticated");
  assert.deepEqual(await faults(page), []);
  const told = context.said.filter((text) => text.includes("[hallpass]") || /panicked|RuntimeError|unreachable/.test(text));
  assert.equal(told.length, wanted.length, told.join("\n"));
  wanted.forEach((words, n) => assert.match(told[n], words));
}
