// The types of the CommonJS files: one Session for all functions of an entry.
import client = require("hallpass/client");
import server = require("hallpass/server");

declare module "hallpass/client" {
  interface User {
    role: string;
  }
}

export async function role(): Promise<string | undefined> {
  const [session] = client.useSession();
  return session?.user?.role ?? (await client.getSession())?.user?.role;
}

export const token = (req: Request): Promise<unknown> => server.getToken({ req, secret: "x" });
