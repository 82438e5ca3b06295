// What an application may write with types checked strictly, and what it may not.
import React from "react";
import { Provider, signIn, signOut, useSession as useTuple, type Session } from "hallpass/client";
import { SessionProvider, useSession, type ClientSafeProvider, type SessionContextValue } from "hallpass/react";
import { getSnapshot, subscribe } from "hallpass/session";
import { getSession } from "hallpass/server";

declare module "hallpass/client" {
  interface User {
    role: string;
  }
  interface Session {
    company?: string;
  }
}

function Show({ session }: { session: Session | null }): React.ReactElement {
  return <p>{session?.user?.role.toUpperCase() ?? session?.company?.toUpperCase()}</p>;
}

export function Tuple(): React.ReactElement {
  const pair: [Session | null, boolean] = useTuple();
  const [session, loading] = useTuple();
  return loading ? <p>{String(pair[1])}</p> : <Show session={session} />;
}

export function Fields(): React.ReactElement | null {
  const { data, status, update, stale } = useSession();
  const required = useSession({ required: true, onUnauthenticated: () => Promise.resolve(1) });
  if (required.status === "loading") return null;
  const name: string | null | undefined = required.data.user?.name;
  if (status !== "authenticated") return <button onClick={signIn}>{name}</button>;
  return (
    <button onClick={signOut} onFocus={() => update({ a: 1 }).then((session) => session?.user?.role)}>
      {data.user?.role} {stale}
    </button>
  );
}

export const tree = (session: Session | null | undefined, entry: ClientSafeProvider): React.ReactElement => (
  <Provider session={session} options={{ clientMaxAge: 60, keepAlive: 5 * 60 }}>
    <SessionProvider session={session} refetchInterval={60} refetchOnWindowFocus={false}>
      <Tuple />
      <a href={entry.signinUrl}>{entry.name}</a>
    </SessionProvider>
  </Provider>
);

export async function elsewhere(request: Request): Promise<string | undefined> {
  const state: SessionContextValue = getSnapshot();
  subscribe(() => state.status)();
  const result = await signIn("credentials", { redirect: false, email: "a@b.c" }, { prompt: "login" });
  const code: string | null | undefined = result?.error;
  await signOut({ callbackUrl: "/" });
  return code ?? (await getSession(request))?.user?.role;
}

// @ts-expect-error: there is no such field.
export const wrong = (): unknown => useSession().session;
// @ts-expect-error: nobody may be signed in.
export const careless = (): string | undefined => getSnapshot().data.user?.role;
