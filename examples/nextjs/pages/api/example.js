import { getSession } from "hallpass/client";

export default async function handler(req, res) {
  // The answer is for whoever asks, and for no cache on the way.
  res.setHeader("Cache-Control", "private, no-store");
  const session = await getSession({ req });
  if (session) res.json({ message: `Hello, ${session.user.name ?? session.user.email}!`, session });
  else res.status(401).json({ message: "Nobody is signed in." });
}
