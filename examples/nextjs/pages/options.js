import { getSession, useSession } from "hallpass/client";

/** A field of the form, in seconds. */
function Seconds({ name, value, children }) {
  return (
    <label>
      {name}
      <input name={name} type="number" min="0" defaultValue={value} />
      <span className="muted">{children}</span>
    </label>
  );
}

export default function Options({ options }) {
  const [session, loading] = useSession();
  return (
    <>
      <h1>The Provider’s options</h1>
      <p className="lead">
        In seconds; 0 is never. They have no effect on whoever is not signed in. Open the network panel and watch.
      </p>
      <form className="card">
        <Seconds name="clientMaxAge" value={options.clientMaxAge}>
          How old the session may be before it is read again.
        </Seconds>
        <Seconds name="keepAlive" value={options.keepAlive}>
          How often one tab of this browser contacts the server.
        </Seconds>
        <button className="primary">Set</button>
      </form>
      <p className="muted">
        {loading && "Asking …"}
        {!loading && (session ? `Signed in as ${session.user.email}` : "Nobody is signed in")}
      </p>
    </>
  );
}

export async function getServerSideProps(context) {
  const seconds = (name) => Math.max(0, Number(context.query[name]) || 0);
  const options = { clientMaxAge: seconds("clientMaxAge"), keepAlive: seconds("keepAlive") };
  return { props: { session: await getSession(context), options } };
}
