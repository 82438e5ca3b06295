import { getCsrfToken } from "hallpass/client";

export default async function handler(req, res) {
  // A token fits the cookie of whoever asks, and is for no cache on the way.
  res.setHeader("Cache-Control", "private, no-store");
  const csrfToken = await getCsrfToken({ req });
  res.json({ csrfToken });
}
