import { useSession } from "hallpass/client";
import SessionCard from "../components/SessionCard";

// A static page: it is the same for everybody, and asks who is signed in when it is shown.
export default function Home() {
  const [session, loading] = useSession();
  return (
    <>
      <h1>Who is signed in?</h1>
      <p className="lead">
        This page is static. <code>useSession()</code> asks once for all of its components, and keeps every tab of the
        browser up to date.
      </p>
      {loading && <div className="card muted">Asking …</div>}
      {session && <SessionCard session={session} />}
      {!session && !loading && (
        <div className="card">
          <h2>Nobody</h2>
          <p>
            <a href="/api/auth/signin">Sign in</a>, or <a href="/api/auth/signup">sign up</a> if you have no account.
          </p>
        </div>
      )}
    </>
  );
}
