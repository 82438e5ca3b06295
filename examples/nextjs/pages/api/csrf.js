import { getCsrfToken } from "hallpass/client";

export default async function handler(req, res) {
  const csrfToken = await getCsrfToken({ req });
  res.json({ csrfToken });
}
