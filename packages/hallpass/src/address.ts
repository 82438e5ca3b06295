// Where hallpass answers: a path in a page, a whole URL on a server.

declare const process: { env: Record<string, string | undefined> };

/** Whether this runs in a page. */
export const inPage = typeof window !== "undefined";

/** The environment's URL and the one that only servers use. A bundler writes the first into pages. */
const [site, internal] =
  typeof process === "undefined"
    ? []
    : [process.env.NEXTAUTH_URL, inPage ? "" : process.env.HALLPASS_URL_INTERNAL || process.env.NEXTAUTH_URL_INTERNAL];

/** Origin and path of a URL as people write it: without a scheme, without a path, or as a path alone. */
function parse(written = ""): [origin: string, path: string] {
  const whole = /^https?:/i.test(written) ? written : written[0] === "/" ? `http://localhost:3000${written}` : `https://${written}`;
  try {
    const { origin, pathname } = new URL(written ? whole : "http://localhost:3000");
    return [origin, pathname.replace(/\/+$/, "") || "/api/auth"];
  } catch {
    return parse();
  }
}

let [origin, path] = parse((!inPage && internal) || site);

/** The application's choice, over what the environment says. */
export function choose(baseUrl: string | undefined, basePath: string | undefined): void {
  if (basePath) path = basePath.replace(/\/+$/, "");
  if (baseUrl && !internal) origin = parse(baseUrl)[0];
}

/** What stands before `/session`, `/csrf` and the rest. */
export const base = (): string => (inPage ? path : origin + path);
