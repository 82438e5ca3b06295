"use client";
import { startTransition } from "react";
import { useRouter } from "next/navigation";

export default function Problem({ reset }: { reset: () => void }) {
  const router = useRouter();
  const again = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  return (
    <>
      <h1>That did not work</h1>
      <p>The sign-in server cannot be reached. Nobody has been signed out.</p>
      <button onClick={again}>Try again</button>
    </>
  );
}
