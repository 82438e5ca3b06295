// The variables of the environment that say where hallpass is and what seals its cookies.

declare const process: { env: Record<string, string | undefined> };

// Each is spelled out whole: bundlers for edge runtimes put the value in the place of exactly this expression.
const VARIABLES = {
  HALLPASS_URL_INTERNAL: () => process.env.HALLPASS_URL_INTERNAL,
  NEXTAUTH_URL_INTERNAL: () => process.env.NEXTAUTH_URL_INTERNAL,
  HALLPASS_URL: () => process.env.HALLPASS_URL,
  NEXTAUTH_URL: () => process.env.NEXTAUTH_URL,
  AUTH_URL: () => process.env.AUTH_URL,
  VERCEL_URL: () => process.env.VERCEL_URL,
  HALLPASS_BASE_PATH: () => process.env.HALLPASS_BASE_PATH,
  HALLPASS_HOOKS_SECRET: () => process.env.HALLPASS_HOOKS_SECRET,
  HALLPASS_PROVIDER_TOKENS_SECRET: () => process.env.HALLPASS_PROVIDER_TOKENS_SECRET,
  HALLPASS_SECRETS: () => process.env.HALLPASS_SECRETS,
  HALLPASS_SECRET: () => process.env.HALLPASS_SECRET,
  NEXTAUTH_SECRET: () => process.env.NEXTAUTH_SECRET,
  AUTH_SECRET: () => process.env.AUTH_SECRET,
};

/** A variable that is looked at. */
export type Variable = keyof typeof VARIABLES;

/** The value of a variable; `undefined` where it is not set, is empty, or there is no environment. */
export function variable(name: Variable): string | undefined {
  try {
    return VARIABLES[name]() || undefined;
  } catch {
    return undefined;
  }
}
