// An application that was written for next-auth 3.29, with everything that `next-auth/client` offers. It is built twice:
// with next-auth, and with hallpass in its place.
import React, { useEffect, useState } from "react";
import ReactDOM from "react-dom";
import auth, {
  Provider,
  useSession,
  getSession,
  getCsrfToken,
  getProviders,
  signIn,
  signOut,
  setOptions,
} from "next-auth/client";
import { session, csrfToken, providers, signin, signout, options } from "next-auth/client";
import * as everything from "next-auth/client";

setOptions({ basePath: "/api/auth" });

const log = (window.log = []);

/** What a page reads of the library's surface. */
window.surface = {
  named: Object.keys(everything)
    .filter((name) => name !== "default")
    .sort(),
  // What a namespace looks like depends on the bundler; what the object holds does not.
  object: Object.keys(auth)
    .filter((name) => name !== "default")
    .sort(),
  functions: Object.entries({ ...auth }).filter(([name, value]) => name !== "default" && typeof value === "function")
    .length,
  aliases: [
    session === getSession,
    csrfToken === getCsrfToken,
    providers === getProviders,
    signin === signIn,
    signout === signOut,
    options === setOptions,
    auth.signIn === signIn,
    auth.session === auth.getSession,
    auth.options === auth.setOptions,
  ],
};

/** Calls that only leave their result behind. */
window.run = {
  getSession: () => getSession(),
  session: () => session(),
  getSessionQuietly: () => getSession({ triggerEvent: false }),
  getCsrfToken: () => getCsrfToken(),
  csrfToken: () => csrfToken(),
  getProviders: () => getProviders(),
  providers: () => auth.providers(),
  setOptions: () => setOptions({ clientMaxAge: 0, keepAlive: 0, basePath: "/api/auth", baseUrl: "http://localhost:1" }),
  password: (email, password) =>
    signIn("credentials", { redirect: false, email, password, callbackUrl: "/app?at=after" }),
  link: (email) => signin("email", { redirect: false, email }),
  leave: () => signout({ redirect: false, callbackUrl: "/app?at=bye" }),
};

const Button = ({ id, act }) => (
  <button id={id} onClick={act}>
    {id}
  </button>
);

function Header() {
  const [who, loading] = useSession();
  log.push([who === undefined ? "undefined" : who && who.user.email, loading]);
  if (loading) return <p id="who">…</p>;
  return (
    <header>
      <p id="who">{who ? `Signed in as ${who.user.email}` : "Nobody"}</p>
      {who && <time id="expires">{new Date(who.expires).toISOString()}</time>}
    </header>
  );
}

function Ways() {
  const [list, setList] = useState(null);
  useEffect(() => {
    providers().then(setList);
  }, []);
  if (!list) return null;
  return (
    <ul>
      {Object.values(list).map(({ id, name, type }) => (
        <li key={id} id={`way-${id}`}>
          {name} ({type})
        </li>
      ))}
    </ul>
  );
}

/** A sign-in page of the application's own, whose form does without `signIn`. */
function OwnForm() {
  const [token, setToken] = useState("");
  useEffect(() => {
    csrfToken().then(setToken);
  }, []);
  return (
    <form id="own" method="post" action="/api/auth/callback/credentials">
      <input name="csrfToken" type="hidden" value={token || ""} readOnly />
      <input name="callbackUrl" type="hidden" value="/app?at=own" readOnly />
      <input name="email" />
      <input name="password" type="password" />
      <button id="own-button">Go</button>
    </form>
  );
}

function Guarded({ children }) {
  const [who, loading] = auth.useSession();
  if (loading) return null;
  return who ? children : <p id="guard">Please sign in</p>;
}

function Buttons() {
  const email = "ada.lovelace@mail.example";
  return (
    <nav>
      <Button id="in" act={signIn} />
      <Button id="in-null" act={() => signIn(null, { callbackUrl: `${location.origin}/app?at=null` })} />
      <Button id="in-unknown" act={() => signIn("nothing of the kind")} />
      <Button id="in-example" act={() => signIn("example")} />
      <Button id="in-example-to" act={() => signIn("example", { callbackUrl: `${location.origin}/app?at=to` })} />
      <Button id="in-example-more" act={() => signIn("example", {}, { login_hint: "ada", prompt: "login" })} />
      <Button id="in-password" act={() => auth.signin("credentials", { email, password: "enchantress of numbers" })} />
      <Button id="in-wrong" act={() => signIn("credentials", { email, password: "wrong password" })} />
      <Button id="in-email" act={() => signIn("email", { email, callbackUrl: "/app?at=mail" })} />
      <Button id="out" act={signOut} />
      <Button id="out-to" act={() => signOut({ callbackUrl: `${location.origin}/app?at=bye` })} />
    </nav>
  );
}

function App() {
  return (
    <Provider options={{ clientMaxAge: 60, keepAlive: 5 * 60 }} session={window.given}>
      <Header />
      <Ways />
      <OwnForm />
      <Guarded>
        <p id="secret">Only for you</p>
      </Guarded>
      <Buttons />
    </Provider>
  );
}

ReactDOM.render(<App />, document.getElementById("root"));
