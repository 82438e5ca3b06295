import { NextResponse, type NextRequest } from "next/server";
import { getToken } from "hallpass/server";

/** Runs before every page: the guard, and the policy that says which scripts and styles may run. */
export async function proxy(request: NextRequest) {
  return (await guard(request)) ?? pageWithPolicy(request);
}

/**
 * Sends whoever brings no session to the sign-in page. It only looks whether there is a token, and asks nobody; the page
 * itself asks hallpass whether it is still good.
 */
async function guard(request: NextRequest) {
  const { pathname, search, origin } = request.nextUrl;
  if (!pathname.startsWith("/protected") || (await getToken({ req: request, raw: true }))) return;
  // A server action looks for itself, and has an answer to give.
  if (request.method === "POST") return;
  const signIn = new URL("/sign-in", origin);
  signIn.searchParams.set("callbackUrl", pathname + search);
  return NextResponse.redirect(signIn);
}

/** A nonce for each request: Next puts it on its own scripts and styles, and nothing else may run. */
function pageWithPolicy(request: NextRequest) {
  const nonce = btoa(crypto.randomUUID());
  // In development React and the overlay for errors need more.
  const [script, style] =
    process.env.NODE_ENV === "development" ? [" 'unsafe-eval'", "'unsafe-inline'"] : ["", `'nonce-${nonce}'`];
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${script}`,
    `style-src 'self' ${style}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

export const config = {
  // Not for /api, whose answers are no pages, nor for files.
  matcher: "/((?!api/|_next/static/|icon\\.svg$).*)",
};
