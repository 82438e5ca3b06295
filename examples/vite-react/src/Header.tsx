import { signOut, useSession } from "hallpass/react";
import { follow } from "./path";

/** Who is signed in, on every page; and a notice while nobody can be asked. */
export function Header() {
  const { data: session, status, stale } = useSession();
  return (
    <>
      <header>
        <a className="mark" href="/" onClick={follow}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          Vite example
        </a>
        <nav>
          <a href="/private" onClick={follow}>
            Private
          </a>
          {status === "authenticated" && (
            <>
              <span className="who">{session?.user?.name ?? session?.user?.email}</span>
              <button className="quiet small" onClick={() => signOut({ redirect: false })}>
                Sign out
              </button>
            </>
          )}
          {status === "unauthenticated" && (
            <a href="/sign-in" onClick={follow}>
              Sign in
            </a>
          )}
        </nav>
      </header>
      {stale && (
        <p className="notice" role="status">
          The server cannot be reached. What you see may be out of date.
        </p>
      )}
    </>
  );
}
