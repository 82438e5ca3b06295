import { hooks } from "hallpass/server";

// The signature is of the bytes of the body, so Next.js must not read it first.
export const config = { api: { bodyParser: false } };

/** Another site of ours that one may go to after signing in or out. */
const OTHER_SITE = process.env.OTHER_SITE ?? "https://docs.example.com";

/** What hallpass asks, where its configuration has `[hooks]` with this route as `url`. */
export default hooks({
  callbacks: {
    redirect: ({ url, judged }) => (url.startsWith(`${OTHER_SITE}/`) ? url : judged),

    // At a sign-in `account` says how; what is put into the token stays on the server.
    jwt: ({ token, account }) => (account ? { ...token, signedInWith: account.provider } : token),

    // What pages may know of it.
    session: ({ session, token }) => ({
      ...session,
      user: { ...session.user, id: token.sub },
      signedInWith: token.signedInWith,
    }),
  },
});
