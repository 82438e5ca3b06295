import Link from "next/link";
import { ReadAgain } from "./read-again";
import { currentSession } from "./session";

export default async function Home() {
  const session = await currentSession();
  if (session === undefined) return <h1>One moment</h1>;
  if (session === null) {
    return (
      <>
        <h1>Hello, stranger</h1>
        <p>Nobody is signed in on this browser.</p>
        <p>
          <Link className="button" href="/sign-in">
            Sign in
          </Link>
        </p>
      </>
    );
  }
  return (
    <>
      <h1>Hello, {session.user?.name ?? session.user?.email}</h1>
      <p>The server knew you before this page was sent. Sign out in a second tab, and this one follows.</p>
      <section className="card">
        <h2>Your session</h2>
        <pre id="session">{JSON.stringify(session, null, 2)}</pre>
        <ReadAgain />
      </section>
    </>
  );
}
