import { getCsrfToken, getProviders, getSession, signIn, signOut } from "hallpass/client";
import { useEffect, useState } from "react";
import PasswordForm from "../components/PasswordForm";

/** The providers whose pages are elsewhere: a button each. */
function Elsewhere({ callbackUrl }) {
  const [providers, setProviders] = useState(null);
  useEffect(() => {
    getProviders().then(setProviders);
  }, []);
  const listed = Object.values(providers ?? {}).filter(({ type }) => type === "oauth");
  if (listed.length === 0) return null;
  return (
    <section className="card">
      <h2>At a provider</h2>
      {listed.map(({ id, name }) => (
        <p key={id} className="row">
          <button onClick={() => signIn(id)}>Sign in with {name}</button>
          <button onClick={() => signIn(id, { callbackUrl })}>Sign in with {name}, and go there</button>
        </p>
      ))}
    </section>
  );
}

function Email({ callbackUrl }) {
  const [email, setEmail] = useState("");
  return (
    <section className="card">
      <h2>By email</h2>
      <label>
        Email address for a link
        <input type="email" value={email} onChange={(event) => setEmail(event.target.value)} />
      </label>
      <p className="row">
        <button onClick={() => signIn("email", { email })}>Sign in with Email</button>
        <button onClick={() => signIn("email", { email, callbackUrl })}>Sign in with Email, and go there</button>
      </p>
    </section>
  );
}

/** What can be asked of the server. */
function Questions() {
  const [answer, setAnswer] = useState();

  const ask = (question) => async () => {
    setAnswer();
    setAnswer(JSON.stringify(await question(), null, 2));
  };

  return (
    <section className="card">
      <h2>Ask</h2>
      <p className="muted">
        <code>getSession()</code> brings all tabs up to date.
      </p>
      <p className="row">
        <button onClick={ask(() => getSession())}>getSession()</button>
        <button onClick={ask(() => getCsrfToken())}>getCsrfToken()</button>
        <button onClick={ask(() => getProviders())}>getProviders()</button>
      </p>
      {answer && <output>{answer}</output>}
    </section>
  );
}

export default function Ways() {
  const [callbackUrl, setCallbackUrl] = useState("/members");
  return (
    <>
      <h1>Ways in and out</h1>
      <p className="lead">
        Every way leads back to this page, or to where you say here: a page of this site. Anything else leads to its
        home page.
      </p>
      <section className="card">
        <label>
          callbackUrl
          <input value={callbackUrl} onChange={(event) => setCallbackUrl(event.target.value)} />
        </label>
        <p className="row">
          <button className="primary" onClick={signIn}>
            Sign in here
          </button>
          <button onClick={() => signIn(null, { callbackUrl })}>Sign in, and go there</button>
        </p>
        <p className="row">
          <button onClick={signOut}>Sign out here</button>
          <button onClick={() => signOut({ callbackUrl })}>Sign out, and go there</button>
        </p>
      </section>
      <Elsewhere callbackUrl={callbackUrl} />
      <PasswordForm />
      <Email callbackUrl={callbackUrl} />
      <Questions />
    </>
  );
}
