import { getCsrfToken, getProviders } from "hallpass/client";
import Link from "next/link";

/** What every form sends along. */
function Hidden({ csrfToken, callbackUrl }) {
  return (
    <>
      <input type="hidden" name="csrfToken" value={csrfToken} />
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
    </>
  );
}

function Password({ provider, ...hidden }) {
  return (
    <form method="post" action={provider.callbackUrl}>
      <Hidden {...hidden} />
      <label>
        Email address
        <input name="email" type="email" autoComplete="username" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button className="primary">Sign in</button>
    </form>
  );
}

function Email({ provider, ...hidden }) {
  return (
    <form method="post" action={provider.signinUrl}>
      <Hidden {...hidden} />
      <label>
        Email address for a sign-in link
        <input name="email" type="email" autoComplete="email" required />
      </label>
      <button>Email me a sign-in link</button>
    </form>
  );
}

function Elsewhere({ provider, ...hidden }) {
  return (
    <form method="post" action={provider.signinUrl}>
      <Hidden {...hidden} />
      <button>Sign in with {provider.name}</button>
    </form>
  );
}

const WAYS = { credentials: Password, email: Email };

export default function SignIn({ providers, csrfToken, callbackUrl }) {
  if (!providers || !csrfToken) {
    return (
      <div className="card narrow">
        <h1>Sign in</h1>
        <p role="alert">Signing in is not possible at the moment. Try again in a minute.</p>
      </div>
    );
  }
  return (
    <div className="card narrow">
      <h1>Sign in</h1>
      <p className="muted">A page of the app. It works without JavaScript.</p>
      {Object.values(providers).map((provider) => {
        const Way = WAYS[provider.type] ?? Elsewhere;
        return <Way key={provider.id} provider={provider} csrfToken={csrfToken} callbackUrl={callbackUrl} />;
      })}
      <p className="muted">
        No account? <a href="/api/auth/signup">Sign up</a>, or go <Link href="/">back</Link>.
      </p>
    </div>
  );
}

export async function getServerSideProps(context) {
  // The token belongs to a cookie, which a browser's first visit gets through `context.res`.
  const [providers, csrfToken] = await Promise.all([getProviders(), getCsrfToken(context)]);
  const { callbackUrl } = context.query;
  return { props: { providers, csrfToken, callbackUrl: typeof callbackUrl === "string" ? callbackUrl : "/" } };
}
