import { getSession, signIn, useSession } from "hallpass/client";
import SessionCard from "../components/SessionCard";

export default function Members() {
  const [session] = useSession();
  if (!session) {
    return (
      <>
        <h1>Members only</h1>
        <p className="lead">You have to be signed in to see this page.</p>
        <button className="primary" onClick={() => signIn()}>
          Sign in to go on
        </button>
      </>
    );
  }
  return (
    <>
      <h1>Hello, {session.user.name ?? session.user.email}!</h1>
      <p className="lead">
        <code>getServerSideProps</code> knew you before the page was sent: it came complete, and asks nothing when it is
        shown.
      </p>
      <SessionCard session={session} />
    </>
  );
}

export async function getServerSideProps(context) {
  const session = await getSession(context);
  return { props: { session } };
}
