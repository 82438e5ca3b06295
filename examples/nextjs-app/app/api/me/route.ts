import { readSession } from "hallpass/server";

/** Who sends this request, for programs. */
export async function GET(request: Request) {
  const { status, session, setCookies } = await readSession(request);
  if (status === "unknown") return Response.json({ error: "hallpass could not be asked" }, { status: 503 });
  const answer = Response.json(session, { status: session ? 200 : 401, headers: { "Cache-Control": "no-store" } });
  // A session in use is prolonged.
  for (const line of setCookies) answer.headers.append("Set-Cookie", line);
  return answer;
}
