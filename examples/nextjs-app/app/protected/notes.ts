import type { Session } from "hallpass/react";

// In memory, until the server is restarted: an app has its database here.
const notes = new Map<string, string>();

const key = (session: Session) => session.user?.email ?? "";

export const noteOf = (session: Session) => notes.get(key(session)) ?? "";

export const setNote = (session: Session, note: string) => void notes.set(key(session), note);
