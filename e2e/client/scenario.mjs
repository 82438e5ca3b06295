// One scenario, played with several libraries. What is written beside a library is what is observed with it: the real old
// client's fault shows that the scenario can fail.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, LIBRARIES, SHELL, passes } from "./ground.mjs";

export const AUTHENTICATED = `authenticated ${ADA}`;
export const NOBODY = "unauthenticated null";
export const SESSION = { user: { name: "Ada Lovelace", email: ADA }, expires: "2099-01-01T00:00:00.000Z" };

/** The React that a library is played with. */
const REACTS = { "next-auth-3": 17, "next-auth-4": 18 };

/** What is expected of the front end in Rust that this run is about: what we do in JavaScript; nothing if it does not play. */
const inRust = (expected, rust) =>
  Object.fromEntries(LIBRARIES.filter((library) => rust.includes(library)).map((library) => [library, expected["hallpass/client"]]));

/**
 * A function that plays scenarios on this ground, and compares what they observe with what is expected. `rust`: the front ends
 * in Rust that play it too; frameworks do where components are what it is about, and none where there is no such thing in Rust.
 */
export const scenarios = (ground) =>
  function bug(name, expected, scenario, { clock = true, as = ADA, rust = SHELL } = {}) {
    const all = process.env.HALLPASS_LIBRARY ? inRust(expected, rust) : expected;
    for (const [library, wanted] of Object.entries(all)) {
      test(`bug ${name} (${library})`, async () => {
        const { gate } = ground();
        const context = await ground().context({ as, clock, faulty: library.startsWith("next-auth") });
        gate.lift();
        gate.clear();
        const open = (plan = {}) => ground().open(context, { library, react: REACTS[library] ?? 19, plan });
        const time = (seconds) => passes(ground(), context, seconds);
        const asked = () => gate.count("GET /session");
        try {
          assert.deepEqual(await scenario({ context, open, time, library, asked, gate }), wanted);
        } finally {
          gate.lift();
          await context.close();
        }
      });
    }
  };

/** What next-auth 3 shows, and what we do. */
export const THREE = (ours, theirs) => ({ "next-auth-3": theirs, "hallpass/client": ours });

/** What both of next-auth 3 and 4 show, and what we do. */
export const BOTH = (ours, theirs) => ({ ...THREE(ours, theirs), "next-auth-4": theirs, "hallpass/react": ours });
