// What hallpass has promised of its client. Counts are judged by their worst round, latencies by their median.
import { PLAN } from "./counts.mjs";

const SLOWEST = 120;

/** The middle one; of an even number what lies between the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Each promise, whether it is kept, and by what. */
export function judge({ library, size, counts, signOuts }) {
  const worst = (name) => Math.max(...counts.map((round) => round[name]));
  const [, late] = signOuts;
  const asked = Math.max(...signOuts.flat().map(({ requests }) => requests));
  const { intervals, changes, others } = PLAN;
  const promises = [
    ["size, gzip", "≤", library.limit, size.gzip, " B"],
    ["requests on load", "=", 1, worst("loadRequests")],
    ["requests on load with a session prop", "=", 0, worst("givenRequests")],
    ["renders of a component on load", "≤", 2, worst("loadRenders")],
    ["renders of a component on load with a session prop", "≤", 1, worst("givenRenders")],
    ["renders for a change of focus, nothing changed", "=", 0, worst("focusRenders")],
    [`requests for ${changes} changes of focus within 2 s`, "≤", 1, worst("burstRequests")],
    ["…of the other tab", "=", 0, worst("burstOther")],
    // As many as one tab makes; where the window of time begins and ends there may be one more.
    [`requests of 5 tabs that poll, in ${intervals} intervals`, "≤", intervals + 1, worst("polls")],
    [`requests of ${others} tabs when a fifth is opened`, "=", 0, worst("openOthers")],
    ["…when it is looked at", "=", 0, worst("lookOthers")],
    ["requests of the second tab for a sign-out", "=", 0, asked],
    ["sign-out shows, 50 ms an answer, median", "≤", SLOWEST, median(late.map(({ took }) => took)), " ms"],
  ];
  return promises.map(([what, sign, limit, measured, unit = ""]) => ({
    library: library.name,
    what,
    limit: `${sign} ${limit}${unit}`,
    measured: `${measured}${unit}`,
    met: sign === "=" ? measured === limit : measured <= limit,
  }));
}
