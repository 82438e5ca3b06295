// The figures as Markdown: a section of bench/FIGURES.md.
import { counted, grouped, machine, table } from "../tables.mjs";
import { PLAN } from "./counts.mjs";
import { reactVersion } from "./libraries.mjs";
import { median } from "./limits.mjs";

/** Where the section begins; it goes on to the end of the page. */
const HEAD = "# The client\n";

/** The page with this section in place of the one that it has. */
export function withSection(page, section) {
  const begin = page.indexOf(`\n${HEAD}`);
  return `${(begin < 0 ? page : page.slice(0, begin)).trimEnd()}\n\n${section}`;
}

function millis(taken) {
  const times = taken.map(({ took }) => took).sort((a, b) => a - b);
  const shown = times.filter(Number.isFinite);
  const never = times.length - shown.length;
  if (!shown.length) return "never";
  const text = `${median(shown)} ms (${shown[0]}–${shown.at(-1)})`;
  return never ? `${text}, ${never} never` : text;
}

function least(taken) {
  const requests = taken.flat().map(({ requests }) => ({ requests }));
  return counted(requests, "requests");
}

/** Tables of what was measured, one row a library. */
function tables(results) {
  const rows = (cells) => results.map((result) => [result.library.name, ...cells(result)]);
  const names = (...list) => ({ counts }) => list.map((name) => counted(counts, name));
  return {
    size: table(
      ["Client", "Version", "React", "Minified", "gzip"],
      rows(({ library, size }) => [
        library.version,
        reactVersion(library),
        `${grouped(size.minified)} B`,
        `${grouped(size.gzip)} B`,
      ]),
    ),
    load: table(
      ["Client", "Requests", "Renders a component", "Requests, session given", "Renders, session given"],
      rows(names("loadRequests", "loadRenders", "givenRequests", "givenRenders")),
    ),
    focus: table(
      ["Client", "Requests for 1", "Renders a component for 1", `Requests for ${PLAN.changes}`, "…of another tab"],
      rows(names("focusRequests", "focusRenders", "burstRequests", "burstOther")),
    ),
    tabs: table(
      ["Client", "Polling: requests", "Polling: tabs that asked", "Others, a tab opened", "Others, a tab looked at"],
      rows(names("polls", "pollers", "openOthers", "lookOthers")),
    ),
    out: table(
      ["Client", "No delay", "50 ms an answer", "Requests of the second tab"],
      rows(({ signOuts }) => [...signOuts.map(millis), least(signOuts)]),
    ),
  };
}

/** The section: the tables, what was promised, and how it was measured. */
export function sectionOf(results, verdicts, { chromium, rounds, before, after }) {
  const { size, load, focus, tabs, out } = tables(results);
  const promised = table(
    ["Promised of", "What", "Limit", "Measured", ""],
    verdicts.map(({ library, what, limit, measured, met }) => [library, what, limit, measured, met ? "met" : "MISSED"]),
  );
  const { components, others, interval, intervals, changes } = PLAN;
  return `${HEAD}
Written by \`cargo xtask bench client\` on ${new Date().toISOString().slice(0, 10)}. Machine: ${machine()},
load ${before} before the sign-outs and ${after} after them. Chromium ${chromium}, headless;
Node.js ${process.versions.node}.

What each adds to a page: provider, hook, \`signIn\`, \`signOut\`, without React.

${size}

Loading a page with ${components} components that use the session; the mount is the first render.

${load}

Changes of focus when nothing has changed at the server: one, and ${changes} within 2 s.

${focus}

Five tabs: all poll every ${interval} s, requests of all in ${intervals} intervals; and requests of the first ${others} because
the fifth is opened, or looked at.

${tabs}

From the call of \`signOut\` in one tab to what a second tab shows: median of ${rounds.signOuts}, with the lowest and the highest.

${out}

What hallpass promises, the worst round counting (of latencies the median):

${promised}

## How the client was measured

- **Clients** are the published packages, each with the newest React that it declares, bundled by esbuild for
  production. Size is taken as \`packages/hallpass/build/size.mjs\` takes it: React left out, minified, gzip at level 9.
  Better Auth's has no provider.
- **Servers**: the hallpass binary (a debug build) with SQLite answers hallpass's and next-auth's clients. Better Auth's
  client has another wire: Better Auth itself answers it, in Node.js, with its own in-memory adapter. A relay in between
  serves the pages, counts what each tab asks of \`/api/auth\`, and holds each answer to a tab back where a delay is
  given. For next-auth 5 it turns the answer \`{}\`, nobody, into the \`null\` that this client expects: hallpass speaks
  the wire of 4.
- **Rounds**: ${rounds.counts} of counts, in which all clients run side by side, each in a browser context of its own; a range means
  that rounds differ. Then ${rounds.signOuts} of sign-outs, one client after the other, another first in each round, each time in a
  fresh context.
- **A render** is a call of the component's function; of all components the one with most calls is told.
- **A session given** is the \`session\` prop with what the server answers; for Better Auth \`hydrateSession\`.
- **A change of focus** is what a window tells when its tab is left and seen again: \`blur\`, \`visibilitychange\`
  (hidden), \`visibilitychange\` (visible), \`focus\`. Headless Chromium shows all tabs at all times, so the events are
  made. Ten come ${PLAN.apart} ms apart.
- **A sign-out** is \`signOut({ redirect: false })\`, for Better Auth \`signOut()\`: next-auth's
  clients ask for the anti-forgery token first, so a delay is met twice; hallpass's has it from the last read.
  "Shows" is when the second tab's document has changed. The clock is \`Date.now()\`, which tabs share, in whole milliseconds.

It does not measure other browsers, real networks, or tabs that the browser slows down in the background.
`;
}
