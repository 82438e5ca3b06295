"use server";
import { revalidatePath } from "next/cache";
import { currentSession } from "../session";
import { setNote } from "./notes";

/** Anybody can call a server action, whatever page its form is on: it looks for itself who asks. */
export async function keepNote(_before: string, form: FormData) {
  const session = await currentSession();
  if (session === undefined) return "The sign-in server cannot be reached. Nothing was kept.";
  if (session === null) return "You are not signed in any more. Nothing was kept.";
  if (!session.user?.email) return "Your account has no e-mail address to keep a note by. Nothing was kept.";
  setNote(session.user.email, String(form.get("note") ?? "").slice(0, 200));
  revalidatePath("/protected");
  return "Kept.";
}
