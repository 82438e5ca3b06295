"use client";
import { useState, type FormEvent } from "react";
import { signIn } from "hallpass/react";

const words: Record<string, string> = {
  CredentialsSignin: "No account has this address and this password.",
  EmailSignin: "The mail could not be sent. Is the address right?",
  FetchError: "The sign-in server cannot be reached. Try again in a moment.",
};

/** The form's fields, and what went wrong when they were sent. */
function useForm(id: string, callbackUrl: string, sent: () => void) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    setBusy(true);
    const result = await signIn(id, { ...fields, redirect: false, callbackUrl });
    setBusy(false);
    setProblem(result?.error ? (words[result.error] ?? "That did not work. Try again.") : undefined);
    if (result?.ok && !result.error) sent();
  }

  return { problem, busy, submit };
}

export function Password({ callbackUrl }: { callbackUrl: string }) {
  // `redirect: false` stays here; `Follow` has the server look again, and it leads on to where was asked.
  const { problem, busy, submit } = useForm("credentials", callbackUrl, () => {});
  return (
    <form className="card" onSubmit={submit}>
      <h2>With your password</h2>
      {problem && <p role="alert">{problem}</p>}
      <label htmlFor="email">E-mail</label>
      <input id="email" name="email" type="email" autoComplete="username" required />
      <label htmlFor="password">Password</label>
      <input id="password" name="password" type="password" autoComplete="current-password" required />
      <button disabled={busy}>Sign in</button>
      <p className="faint">
        No account yet? <a href={`/api/auth/signup?callbackUrl=${encodeURIComponent(callbackUrl)}`}>Make one</a>
      </p>
    </form>
  );
}

export function Mail({ id, callbackUrl }: { id: string; callbackUrl: string }) {
  const [sent, setSent] = useState(false);
  const { problem, busy, submit } = useForm(id, callbackUrl, () => setSent(true));
  if (sent) {
    return (
      <p className="card" role="status">
        Look at your mail: the link in it signs you in.
      </p>
    );
  }
  return (
    <form className="card" onSubmit={submit}>
      <h2>With a link by mail</h2>
      {problem && <p role="alert">{problem}</p>}
      <label htmlFor="mail">E-mail</label>
      <input id="mail" name="email" type="email" autoComplete="email" required />
      <button className="quiet" disabled={busy}>
        Send me a link
      </button>
    </form>
  );
}

export function Elsewhere({ id, name, callbackUrl }: { id: string; name: string; callbackUrl: string }) {
  return (
    <button className="quiet" onClick={() => signIn(id, { callbackUrl })}>
      Continue with {name}
    </button>
  );
}
