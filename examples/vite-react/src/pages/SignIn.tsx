import { useEffect, useState, type FormEvent } from "react";
import { getProviders, signIn, useSession, type Providers } from "hallpass/react";
import { go } from "../path";

/** Where to go afterwards: a page of this app, whatever the address bar says. */
function callbackUrl() {
  const home = `${location.origin}/`;
  const wanted = new URLSearchParams(location.search).get("callbackUrl") ?? "";
  const href = URL.canParse(wanted, home) ? new URL(wanted, home).href : home;
  return href.startsWith(home) ? href : home;
}

/** A sign-in page of our own, with the ways in that the server's configuration has. */
export function SignIn() {
  const { status } = useSession();
  const [providers, setProviders] = useState<Providers | null>();
  useEffect(() => void getProviders().then(setProviders), []);
  useEffect(() => {
    if (status === "authenticated") go(callbackUrl());
  }, [status]);

  if (providers === undefined) return null;
  if (providers === null) return <p role="alert">The sign-in server cannot be reached. Try again in a moment.</p>;
  const all = Object.values(providers);
  const mail = all.find(({ type }) => type === "email");
  return (
    <>
      <h1>Sign in</h1>
      {all.some(({ type }) => type === "credentials") && <Password />}
      {mail && <Mail id={mail.id} />}
      {all
        .filter(({ type }) => type === "oauth" || type === "oidc")
        .map(({ id, name }) => (
          <button key={id} className="quiet" onClick={() => signIn(id, { callbackUrl: callbackUrl() })}>
            Continue with {name}
          </button>
        ))}
    </>
  );
}

const words: Record<string, string> = {
  CredentialsSignin: "No account has this address and this password.",
  EmailSignin: "The mail could not be sent. Is the address right?",
  FetchError: "The sign-in server cannot be reached. Try again in a moment.",
};

/** The form's fields, and what went wrong when they were sent. */
function useForm(id: string, sent: () => void) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    setBusy(true);
    const result = await signIn(id, { ...fields, redirect: false, callbackUrl: callbackUrl() });
    setBusy(false);
    setProblem(result?.error ? (words[result.error] ?? "That did not work. Try again.") : undefined);
    if (result?.ok && !result.error) sent();
  }

  return { problem, busy, submit };
}

function Password() {
  // `redirect: false` stays here, and `useSession` learns of the session by itself.
  const { problem, busy, submit } = useForm("credentials", () => {});
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
        No account yet? <a href={`/api/auth/signup?callbackUrl=${encodeURIComponent(callbackUrl())}`}>Make one</a>
      </p>
    </form>
  );
}

function Mail({ id }: { id: string }) {
  const [sent, setSent] = useState(false);
  const { problem, busy, submit } = useForm(id, () => setSent(true));
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
