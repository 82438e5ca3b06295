"use client";
import Link from "next/link";
import { signOut, useSession } from "hallpass/react";
import icon from "./icon.svg";

/** Who is signed in, on every page; and a notice while nobody can be asked. */
export function Header() {
  const { data: session, status, stale } = useSession();
  return (
    <>
      <header>
        <Link className="mark" href="/">
          {/* next/image would bring a style attribute, which the policy forbids. */}
          <img src={icon.src} alt="" width="28" height="28" />
          Next.js example
        </Link>
        <nav>
          <Link href="/protected" prefetch={false}>
            Protected
          </Link>
          {status === "authenticated" && (
            <>
              <span className="who">{session?.user?.name ?? session?.user?.email}</span>
              <button className="quiet small" onClick={() => signOut({ redirect: false })}>
                Sign out
              </button>
            </>
          )}
          {status === "unauthenticated" && <Link href="/sign-in">Sign in</Link>}
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
