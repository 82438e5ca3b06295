// What React needs of the store: a provider, a hook. Works with React 17, 18 and 19.
import React from "react";
import type { ReactElement, ReactNode } from "react";
import { choose } from "./address.js";
import { configure, current, mount, rendered, unknown, version, watch } from "./store.js";
import type { ClientOptions, Session, SessionState } from "./shapes.js";

const { createContext, createElement, useContext, useEffect, useMemo, useState } = React;

/** What the page was rendered with. */
const Rendered = createContext(unknown);

/** React 17 has no such hook. */
const useStore =
  React.useSyncExternalStore ||
  (<T>(subscribe: (look: () => void) => () => void, get: () => T): T => {
    const [value, set] = useState(get);
    useEffect(() => {
      const look = (): void => set(get);
      look();
      return subscribe(look);
    }, [subscribe]);
    return value;
  });

/** What a provider takes: a session that is known already, and options. */
export interface ProviderProps {
  children?: ReactNode;
  /** The session that the page was rendered with; `null`: nobody is signed in; `undefined`: not known. */
  session?: Session | null | undefined;
  options?: ClientOptions | undefined;
}

/** Hands the session that a page was rendered with to all components below, and keeps it up to date. */
export function Provider({ children, session, options }: ProviderProps): ReactElement {
  const first = useMemo(() => rendered(session), [session === undefined, version(session)]);
  if (options) choose(options.basePath);
  useEffect(() => {
    if (!options) return;
    configure(options);
    return () => configure({});
  }, [JSON.stringify(options)]);
  useEffect(() => mount(first), [first]);
  return createElement(Rendered.Provider, { value: first }, children);
}

/** The session, as `{ data, status, update, stale }` or `[session, loading]`. Renders if something changed, only then. */
export function useSession(): SessionState {
  const first = useContext(Rendered);
  // Without a provider each hook keeps the session up to date.
  useEffect(() => (first === unknown ? mount(first) : undefined), [first]);
  return useStore(
    watch,
    () => current(first),
    () => first,
  );
}
