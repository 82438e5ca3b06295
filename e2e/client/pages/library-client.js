// The names of next-auth 3, in one form for all libraries.
import * as functions from "functions";

export const api = functions;
export const toProps = ({ session, options }) => ({ session, options });
export const Wrap = functions.Provider;

export function useRead() {
  const value = functions.useSession();
  const [data, loading] = value;
  return { data, status: loading ? "loading" : data ? "authenticated" : "unauthenticated", value };
}
