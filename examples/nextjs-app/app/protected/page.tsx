import { requireSession } from "../session";
import { NoteForm } from "./note-form";
import { noteOf } from "./notes";

export default async function Protected() {
  const { user } = await requireSession("/protected");
  return (
    <>
      <h1>Only for you</h1>
      <p>
        You are here as <strong>{user?.email ?? user?.name}</strong>. Whoever is not signed in gets none of this page.
      </p>
      {user?.email ? (
        <NoteForm note={noteOf(user.email)} />
      ) : (
        <p className="faint">Notes are kept by e-mail address, and your account has none.</p>
      )}
    </>
  );
}
