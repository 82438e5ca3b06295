"use client";
import { useTransition } from "react";
import { useSession } from "hallpass/react";

export function ReadAgain() {
  const { update } = useSession();
  const [busy, start] = useTransition();
  return (
    <button className="quiet" disabled={busy} onClick={() => start(async () => void (await update()))}>
      Read it again
    </button>
  );
}
