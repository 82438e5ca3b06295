// Better Auth's client, in the form that the pages of e2e/client use for all libraries.
import React from "react";
import { createAuthClient } from "functions";

const refetchInterval = Number(new URLSearchParams(location.search).get("every"));

export const api = createAuthClient({ sessionOptions: { refetchInterval } });
export const toProps = ({ session }) => ({ session });

/** A server component would hand dates over as dates. */
function withDates(part) {
  const isDate = ([name]) => name.endsWith("At");
  const dates = Object.entries(part).filter(isDate).map(([name, value]) => [name, value && new Date(value)]);
  return { ...part, ...Object.fromEntries(dates) };
}

export function Wrap({ session, children }) {
  React.useState(() => {
    if (session) api.hydrateSession({ user: withDates(session.user), session: withDates(session.session) });
  });
  return children;
}

export function useRead() {
  const value = api.useSession();
  const { data, isPending } = value;
  return { data, status: isPending ? "loading" : data ? "authenticated" : "unauthenticated", value };
}
