// The names of next-auth 4 and 5, in one form for all libraries.
import * as functions from "functions";

export const api = functions;
export const toProps = ({ session, options }) => ({ session, ...options });
export const Wrap = functions.SessionProvider;

export function useRead(options) {
  const value = functions.useSession(options);
  return { data: value.data, status: value.status, value };
}
