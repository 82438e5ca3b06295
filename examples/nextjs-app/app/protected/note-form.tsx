"use client";
import { useActionState } from "react";
import { keepNote } from "./actions";

/** Works without JavaScript too. */
export function NoteForm({ note }: { note: string }) {
  const [said, action, busy] = useActionState(keepNote, "");
  return (
    <form className="card" action={action}>
      <label htmlFor="note">A note to yourself</label>
      <input id="note" name="note" defaultValue={note} key={note} maxLength={200} />
      <button disabled={busy}>Keep it</button>
      <p className="faint" role="status">
        {said}
      </p>
    </form>
  );
}
