// The components that a test looks at.
import React from "react";
import { Wrap, toProps, useRead } from "library";

/** What was seen: by component, how often it rendered and what it showed, in order. */
export const seen = { renders: [], shown: [], values: [], mounts: 0 };

function note(n, { data, status, value }) {
  seen.renders[n] = (seen.renders[n] || 0) + 1;
  seen.values[n] = value;
  const text = `${status} ${data?.user?.email ?? data}`;
  const list = (seen.shown[n] ||= []);
  if (list[list.length - 1] !== text) list.push(text);
}

/** Shows who is signed in. */
export function Who({ n = 0, options }) {
  const state = useRead(options);
  note(n, state);
  return (
    <p id={`who-${n}`} data-status={state.status}>
      {String(state.data?.user?.email ?? state.data)}
    </p>
  );
}

/** What applications do with `status`: everything below goes away while it says "loading". */
function Gate({ children }) {
  return useRead().status === "loading" ? <i>one moment</i> : children;
}

function Form() {
  React.useEffect(() => void seen.mounts++, []);
  return <input id="form" />;
}

const people = (from, count, options) =>
  Array.from({ length: count }, (_, n) => <Who key={from + n} n={from + n} options={options} />);

/** A tree after this plan; everything in it can be sent to a page. */
export function Tree({ session, options, count = 1, shape = "one", gate = false, strict = false, hook }) {
  const props = toProps({ session, options });
  if (hook?.call) hook = { required: true, onUnauthenticated: async () => window.calls.push("away") };
  const rest = gate && (
    <Gate>
      <Form />
    </Gate>
  );
  const bodies = {
    one: () => (
      <Wrap {...props}>
        {people(0, count, hook)}
        {rest}
      </Wrap>
    ),
    none: () => <>{people(0, count, hook)}</>,
    two: () => (
      <>
        <Wrap {...props}>{people(0, count)}</Wrap>
        <Wrap {...props}>{people(count, count)}</Wrap>
      </>
    ),
    nested: () => (
      <Wrap {...props}>
        {people(0, count)}
        <Wrap {...props}>{people(count, count)}</Wrap>
      </Wrap>
    ),
    empty: () => <p id="nothing">nothing</p>,
  };
  return strict ? <React.StrictMode>{bodies[shape]()}</React.StrictMode> : bodies[shape]();
}
