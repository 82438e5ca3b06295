// How long it takes until a sign-out in one tab shows in another.
import { setTimeout as pause } from "node:timers/promises";
import { Tabs } from "./tabs.mjs";

/** After so many milliseconds it counts as not shown. */
const PATIENCE = 5000;

/** The time from the call to what the other tab shows (`Infinity`: never), and what that tab asked for it. */
export async function signOut(browser, server, library, number, delay) {
  const tabs = await Tabs.open(browser, server, library, number);
  const { relay } = tabs;
  const [one, other] = [await tabs.add({ count: 1 }), await tabs.add({ count: 1 })];
  // What loading the second tab makes the first one ask is answered, and is not of the sign-out.
  await tabs.rest(600);
  relay.delay = delay;
  const before = relay.count(other.tab);
  const left = Promise.race([other.evaluate(() => window.left), pause(PATIENCE, Infinity, { ref: false })]);
  left.catch(() => {});
  const begin = await one.evaluate((words) => {
    const now = Date.now();
    void window.api.signOut(...words);
    return now;
  }, library.leave);
  const took = (await left) - begin;
  await tabs.rest(300);
  relay.delay = 0;
  const requests = relay.count(other.tab) - before;
  await tabs.close();
  return { took, requests };
}
