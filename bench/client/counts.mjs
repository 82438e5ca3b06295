// What can be counted: requests and renders. Each measurement has a browser of its own.
import { Tabs } from "./tabs.mjs";

/** How many tabs there are where the others are looked at. */
const OTHERS = 4;
const INTERVAL = 2;
const INTERVALS = 5;
const CHANGES = 10;
const APART = 150;
const WITHIN = 2000;
const TRIES = 5;

/** What the tables call these. */
export const PLAN = {
  components: 50,
  others: OTHERS,
  interval: INTERVAL,
  intervals: INTERVALS,
  changes: CHANGES,
  apart: APART,
};

/** 50 components: loading, one change of focus, ten of them, with another tab open. */
async function onePage(tabs) {
  const { relay } = tabs;
  const page = await tabs.add();
  await tabs.rest();
  const loaded = { requests: relay.count(page.tab), renders: await tabs.renders(page) };
  await tabs.focus(page);
  await tabs.rest();
  return {
    loadRequests: loaded.requests,
    loadRenders: loaded.renders,
    focusRequests: relay.count(page.tab) - loaded.requests,
    focusRenders: (await tabs.renders(page)) - loaded.renders,
    ...(await burst(tabs, page)),
  };
}

/** Ten changes of focus, with another tab open. Whether they came fast enough depends on what else the machine does. */
async function burst(tabs, page) {
  const { relay } = tabs;
  const other = await tabs.add();
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // One library does not ask twice within five seconds.
    await tabs.rest(6000);
    const before = [relay.count(page.tab), relay.count(other.tab)];
    const took = await tabs.focus(page, CHANGES, APART);
    await tabs.rest();
    const after = [relay.count(page.tab), relay.count(other.tab)];
    if (took < WITHIN) return { burstRequests: after[0] - before[0], burstOther: after[1] - before[1] };
  }
  throw new Error(`${CHANGES} changes of focus took longer than ${WITHIN} ms, ${TRIES} times: the machine is too busy.`);
}

/** 50 components of a page that was rendered with a session. */
async function givenPage(tabs) {
  const session = await tabs.server.session(tabs.context);
  const page = await tabs.add({ session });
  await tabs.rest();
  return { givenRequests: tabs.relay.count(page.tab), givenRenders: await tabs.renders(page) };
}

/** Four tabs, a fifth that is opened, and looked at. */
async function fifthTab(tabs) {
  const others = [];
  for (let n = 0; n < OTHERS; n++) others.push((await tabs.add({ count: 1 })).tab);
  await tabs.rest();
  const atFirst = tabs.relay.count(...others);
  const fifth = await tabs.add({ count: 1 });
  await tabs.rest(6000);
  const opened = tabs.relay.count(...others);
  await tabs.focus(fifth);
  await tabs.rest();
  return { openOthers: opened - atFirst, lookOthers: tabs.relay.count(...others) - opened };
}

/** Five tabs that poll. */
async function polling(tabs) {
  const all = [];
  for (let n = 0; n <= OTHERS; n++) all.push((await tabs.add({ count: 1, every: INTERVAL })).tab);
  await tabs.rest(INTERVAL * 2000);
  const begin = tabs.relay.asked.length;
  await tabs.rest(INTERVAL * INTERVALS * 1000);
  const polls = tabs.relay.asked.slice(begin).filter(({ tab }) => all.includes(tab));
  return { polls: polls.length, pollers: new Set(polls.map(({ tab }) => tab)).size };
}

/** One round of one library: all of the above. */
export async function count(browser, server, library, number) {
  const counts = {};
  for (const measure of [onePage, givenPage, fifthTab, polling]) {
    const tabs = await Tabs.open(browser, server, library, number);
    Object.assign(counts, await measure(tabs));
    await tabs.close();
  }
  return counts;
}
