"use client";
import { useEffect } from "react";
import { useRouter } from "next/navigation";
import { useSession, type Session } from "hallpass/react";

/**
 * Renders the server's components anew when somebody else is signed in than they were rendered for, or when what they are
 * called has changed: after a sign-in or a sign-out, in this tab or in another, and when the session has ended.
 */
export function Follow({ rendered }: { rendered: Session | null | undefined }) {
  const { data, status } = useSession();
  const router = useRouter();
  const [here, there] = [JSON.stringify(data?.user), JSON.stringify(rendered?.user)];
  useEffect(() => {
    if (status !== "loading" && here !== there) router.refresh();
  }, [status, here, there, router]);
  return null;
}
