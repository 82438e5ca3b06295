import { useSession } from "hallpass/react";

/** Only for people who are signed in: others are led to hallpass's own sign-in page, and come back here. */
export function Private() {
  const { data: session, status } = useSession({ required: true });
  if (status === "loading") return null;
  return (
    <>
      <h1>Only for you</h1>
      <p>
        You are here as <strong>{session?.user?.email}</strong>.
      </p>
      <p className="faint">
        A page like this hides nothing by itself, for its script is public. What is secret belongs on a server that reads
        the session from the request.
      </p>
    </>
  );
}
