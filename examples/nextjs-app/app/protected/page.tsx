import { requireSession } from "../session";
import { NoteForm } from "./note-form";
import { noteOf } from "./notes";

export default async function Protected() {
  const session = await requireSession("/protected");
  return (
    <>
      <h1>Only for you</h1>
      <p>
        You are here as <strong>{session.user?.email}</strong>. Whoever is not signed in gets none of this page.
      </p>
      <NoteForm note={noteOf(session)} />
    </>
  );
}
