import { signIn, signOut } from "hallpass/client";
import { useState } from "react";

/** Signs in and out without leaving the page. */
export default function PasswordForm() {
  const [said, setSaid] = useState();

  async function onSubmit(event) {
    event.preventDefault();
    const { email, password } = Object.fromEntries(new FormData(event.currentTarget));
    const result = await signIn("credentials", { redirect: false, email, password });
    // Without one the page is being left: passwords are not configured.
    if (!result) return;
    // `error` before `ok`, which is of the answer: a refusal can be a good answer.
    if (!result.error) setSaid("You are signed in.");
    else if (result.error === "CredentialsSignin") setSaid("Email address and password do not fit.");
    else setSaid("Try again in a minute.");
  }

  async function leave() {
    await signOut({ redirect: false });
    setSaid("You are signed out.");
  }

  return (
    <form className="card" onSubmit={onSubmit}>
      <h2>With a password, on this page</h2>
      <label>
        Email address
        <input name="email" type="email" autoComplete="username" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <p className="row">
        <button className="primary">Sign in without leaving</button>
        <button type="button" onClick={leave}>
          Sign out without leaving
        </button>
      </p>
      <p role="status">{said}</p>
    </form>
  );
}
