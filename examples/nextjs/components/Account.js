import { signIn, signOut, useSession } from "hallpass/client";
import Avatar from "./Avatar";

/** Who is signed in, at the top of every page. */
export default function Account() {
  const { data: session, status, stale } = useSession();
  if (status === "loading") return <div className="account" aria-busy="true" />;
  return (
    <div className="account" data-status={status}>
      {stale && <span className="stale">not up to date</span>}
      {session ? (
        <>
          <Avatar user={session.user} />
          <span className="name">{session.user.name ?? session.user.email}</span>
          <button onClick={signOut}>Sign out</button>
        </>
      ) : (
        <button onClick={signIn}>Sign in</button>
      )}
    </div>
  );
}
