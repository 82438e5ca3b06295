import { useEffect, useState } from "react";
import Avatar from "./Avatar";

/** A point in time in the reader's words: those of the server's place and language would differ from the page's. */
function Time({ value }) {
  const [words, setWords] = useState(value);
  useEffect(() => setWords(new Date(value).toLocaleString()), [value]);
  return <time dateTime={value}>{words}</time>;
}

/** A session, for people. */
export default function SessionCard({ session }) {
  const { user, expires } = session;
  return (
    <div className="card person">
      <Avatar user={user} large />
      <div>
        <h2>{user.name ?? user.email}</h2>
        <p>Signed in as {user.email}</p>
        <p className="muted">
          Until <Time value={expires} />
        </p>
      </div>
    </div>
  );
}
