import { useState } from "react";
import { useSession, type Session } from "hallpass/react";
import { follow } from "../path";

export function Home() {
  const { data: session, status } = useSession();
  // Nothing is known yet: better an empty page than one that changes at once.
  if (status === "loading") return null;
  return session ? <Welcome session={session} /> : <Stranger />;
}

function Stranger() {
  return (
    <>
      <h1>Hello, stranger</h1>
      <p>Nobody is signed in on this browser.</p>
      <p>
        <a className="button" href="/sign-in" onClick={follow}>
          Sign in
        </a>
      </p>
    </>
  );
}

function Welcome({ session }: { session: Session }) {
  const { update } = useSession();
  const [busy, setBusy] = useState(false);

  async function readAgain() {
    setBusy(true);
    await update();
    setBusy(false);
  }

  return (
    <>
      <h1>Hello, {session.user?.name ?? session.user?.email}</h1>
      <p>Open this page in a second tab and sign out there: this one follows.</p>
      <section className="card">
        <h2>Your session</h2>
        <pre id="session">{JSON.stringify(session, null, 2)}</pre>
        <button className="quiet" disabled={busy} onClick={readAgain}>
          Read it again
        </button>
      </section>
    </>
  );
}
