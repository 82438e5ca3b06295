import { cache } from "react";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { readSession } from "hallpass/server";

/**
 * Who sends this request; asked once a request, however many components want to know. `null` is nobody, `undefined` that
 * hallpass could not be asked: then nobody has been signed out, and the browser finds out by itself.
 */
export const currentSession = cache(async () => {
  const { status, session, ...answer } = await readSession({ headers: await headers() });
  if (status !== "unknown") return session;
  if ("error" in answer) console.error(answer.error.message);
});

/** The same for what only people may see who are signed in. */
export async function requireSession(callbackUrl: string) {
  const session = await currentSession();
  if (session === undefined) throw new Error("hallpass could not be asked who is signed in");
  if (session === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent(callbackUrl)}`);
  return session;
}
