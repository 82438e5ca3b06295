import { redirect } from "next/navigation";
import { getProviders } from "hallpass/server";
import { currentSession } from "../session";
import { Mail, Password, Elsewhere } from "./forms";

/** A sign-in page of our own, with the ways in that the server's configuration has. */
export default async function SignIn({ searchParams }: PageProps<"/sign-in">) {
  const callbackUrl = local((await searchParams).callbackUrl);
  if (await currentSession()) redirect(callbackUrl);
  const providers = await getProviders();
  if (!providers) return <p role="alert">The sign-in server cannot be reached. Try again in a moment.</p>;
  const all = Object.values(providers);
  const mail = all.find(({ type }) => type === "email");
  return (
    <>
      <h1>Sign in</h1>
      <noscript>
        <p>
          The forms here need JavaScript.{" "}
          <a href={`/api/auth/signin?callbackUrl=${encodeURIComponent(callbackUrl)}`}>This page</a> does without.
        </p>
      </noscript>
      {all.some(({ type }) => type === "credentials") && <Password callbackUrl={callbackUrl} />}
      {mail && <Mail id={mail.id} callbackUrl={callbackUrl} />}
      {all
        .filter(({ type }) => type === "oauth" || type === "oidc")
        .map(({ id, name }) => (
          <Elsewhere key={id} id={id} name={name} callbackUrl={callbackUrl} />
        ))}
    </>
  );
}

/** Where to go afterwards: a page of this app, whatever the address bar says. */
function local(wanted: string | string[] | undefined) {
  const here = "http://here";
  const url = typeof wanted === "string" && URL.canParse(wanted, here) ? new URL(wanted, here) : new URL(here);
  const to = url.pathname + url.search;
  // A browser reads a path that begins with two slashes as another host's address.
  return url.origin === here && /^\/(?!\/)/.test(to) ? to : "/";
}
