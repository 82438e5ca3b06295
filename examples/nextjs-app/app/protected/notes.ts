// In memory, until the server is restarted: an app has its database here.
const notes = new Map<string, string>();

/** The note of whoever has this address. Not everybody has one: some providers tell none. */
export const noteOf = (email: string) => notes.get(email) ?? "";

export const setNote = (email: string, note: string) => void notes.set(email, note);
