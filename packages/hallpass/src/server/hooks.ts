// The application's callbacks and events, asked by hallpass through a webhook.
import type { JWT, Session } from "../shapes.js";
import { variable } from "./environment.js";
import { SetupError } from "./fault.js";
import { isRecent, verified } from "./webhook-signature.js";

/** Somebody who signs in or is signed in. */
export interface HookUser {
  /** `null` where somebody asks for a mail and there is no such user. */
  id: string | null;
  name: string | null;
  email: string | null;
  /** Whether they showed that the address is theirs. A session does not know: there it is `false`. */
  emailVerified: boolean;
  image: string | null;
}

/** The way somebody signs in. */
export interface HookAccount {
  /** The provider's id. */
  provider: string;
  type: "oauth" | "email" | "credentials";
}

/** What `authorize` knows of somebody. */
export interface AuthorizedUser {
  id: string | number;
  name?: string | null;
  email?: string | null;
  image?: string | null;
  /** `true`, or since when, if the application vouches that the address is theirs. */
  emailVerified?: boolean | Date | null;
}

/** The callbacks of NextAuth.js, as versions 4 and 5 call them. What is not given is not changed. */
export interface HookCallbacks {
  /** Whether somebody may sign in: a falsy answer is no, a text is a URL to send them to. */
  signIn?(params: {
    user: HookUser;
    account: HookAccount;
    profile?: Record<string, unknown>;
    email?: { verificationRequest?: boolean };
    isNewUser: boolean;
  }): boolean | string | PromiseLike<boolean | string>;
  /** Where to go afterwards. `judged` is where the rules before this one lead. */
  redirect?(params: { url: string; baseUrl: string; judged: string }): string | PromiseLike<string>;
  /** The claims of the session. `user`, `account` and `profile` are there at a sign-in only. */
  jwt?(params: {
    token: JWT;
    user?: HookUser;
    account?: HookAccount;
    profile?: Record<string, unknown>;
    isNewUser?: boolean;
    trigger?: "signIn" | "signUp" | "update";
    /** What was handed to `update()` in the browser, where anybody can hand over anything. */
    session?: unknown;
  }): JWT | PromiseLike<JWT>;
  /** What the browser is shown of the session. */
  session?(params: { session: Session; token: JWT; user: HookUser }): Session | PromiseLike<Session>;
}

/** How an event came. */
export interface HookDelivery {
  /** The same at every attempt to deliver one event: one that came twice can be told by it. */
  id: string;
}

/** What has happened. One that fails is told again, so it may be told twice. */
export interface HookEvents {
  signIn?(message: { user: HookUser; account: HookAccount; isNewUser: boolean }, delivery: HookDelivery): unknown;
  signOut?(message: { user: HookUser }, delivery: HookDelivery): unknown;
  createUser?(message: { user: HookUser }, delivery: HookDelivery): unknown;
  updateUser?(message: { user: HookUser }, delivery: HookDelivery): unknown;
  linkAccount?(
    message: { user: HookUser; account: { provider: string; providerAccountId: string } },
    delivery: HookDelivery,
  ): unknown;
  session?(message: { user: HookUser }, delivery: HookDelivery): unknown;
}

/** What {@link hooks} takes. */
export interface HooksOptions {
  /** The secret of `[hooks]` in hallpass's configuration. Default: `HALLPASS_HOOKS_SECRET`. */
  secret?: string | undefined;
  callbacks?: HookCallbacks | undefined;
  events?: HookEvents | undefined;
  /**
   * Whether credentials are good: who it is, or `null`. The message of an {@link AuthorizeError} that it throws is shown to
   * the person; any other error asks them to try again.
   */
  authorize?:
    | ((
        credentials: Record<string, string>,
        context: { provider: string },
      ) => AuthorizedUser | null | PromiseLike<AuthorizedUser | null>)
    | undefined;
}

/** Thrown by `authorize` with words for the person. */
export class AuthorizeError extends Error {
  override readonly name: string = "AuthorizeError";
}

/** Node's request, as an API route of Next.js gets it. */
interface NodeRequest extends AsyncIterable<Uint8Array> {
  headers: Record<string, string | string[] | undefined>;
  method?: string | undefined;
  body?: unknown;
}

interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/** Answers hallpass: a Web handler, and one for Node's requests. */
export interface HooksHandler {
  (request: Request): Promise<Response>;
  (request: NodeRequest, response: NodeResponse): Promise<void>;
}

interface Message {
  type: string;
  // What each callback takes is written above; here it is passed on.
  data: never;
}

interface Answer {
  status: number;
  body: unknown;
}

const said = (result: unknown): Answer => ({ status: 200, body: { result } });

const EVENT = "events.";

/** Asked for by these names only: `toString` is on every object, and no event. */
const EVENTS: readonly (keyof HookEvents)[] = [
  "signIn",
  "signOut",
  "createUser",
  "updateUser",
  "linkAccount",
  "session",
];

async function authorized(user: AuthorizedUser | null | undefined): Promise<Answer> {
  if (!user) return said(null);
  const { id, name, email, image, emailVerified } = user;
  return said({ id, name, email, image, emailVerified: emailVerified === true || emailVerified instanceof Date });
}

/** The result of the callback that was asked for, or of the one that changes nothing. */
async function ask(options: HooksOptions, { type, data }: Message, id: string): Promise<Answer> {
  const { callbacks = {}, events = {}, authorize } = options;
  if (type.startsWith(EVENT)) {
    const name = type.slice(EVENT.length) as keyof HookEvents;
    if (EVENTS.includes(name)) await events[name]?.(data, { id });
    return { status: 200, body: {} };
  }
  switch (type) {
    case "signIn": {
      const verdict = callbacks.signIn ? await callbacks.signIn(data) : true;
      return said(typeof verdict === "string" && verdict !== "" ? verdict : Boolean(verdict));
    }
    case "redirect":
      return said(callbacks.redirect ? await callbacks.redirect(data) : (data as { judged: string }).judged);
    case "jwt":
      return said(callbacks.jwt ? await callbacks.jwt(data) : (data as { token: JWT }).token);
    case "session":
      return said(callbacks.session ? await callbacks.session(data) : (data as { session: Session }).session);
    case "authorize": {
      if (!authorize) throw new SetupError("hallpass asks for `authorize`, and hooks() was given none.");
      const { credentials, provider } = data as { credentials: Record<string, string>; provider: string };
      return authorized(await authorize(credentials, { provider }));
    }
    default:
      return { status: 400, body: { message: `There is no callback ${type}.` } };
  }
}

/** More than this is no question of hallpass's. */
const MOST = 1024 * 1024;

const NOT_SIGNED: Answer = {
  status: 401,
  body: { message: "This was not signed by hallpass, or not with the secret of this application." },
};

/** A message; `__proto__`, which a browser may have written, is a name like none other here. */
const parsed = (body: string): Message =>
  JSON.parse(body, (name, value: unknown) => (name === "__proto__" ? undefined : value)) as Message;

/** A body as text; `null` where it is too long. */
async function text(chunks: AsyncIterable<Uint8Array>): Promise<string | null> {
  const decoder = new TextDecoder();
  let body = "";
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > MOST) return null;
    body += decoder.decode(chunk, { stream: true });
  }
  return body + decoder.decode();
}

async function* chunksOf({ body }: Request): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) yield part.value;
  } finally {
    reader?.cancel().catch(() => undefined);
  }
}

async function answer(
  options: HooksOptions,
  header: (name: string) => string | null,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Answer> {
  const secret = options.secret ?? variable("HALLPASS_HOOKS_SECRET");
  if (!secret) {
    throw new SetupError(
      "hooks() needs the secret of [hooks] in hallpass's configuration: set HALLPASS_HOOKS_SECRET for this process " +
        "too, or call it with `secret`.",
    );
  }
  // Whoever did not sign anything is not listened to for long.
  if (!isRecent(header)) return NOT_SIGNED;
  const body = await text(chunks);
  if (body === null) return { status: 413, body: { message: "The body is longer than a megabyte." } };
  if (!(await verified(secret, header, body))) return NOT_SIGNED;
  const message = parsed(body);
  try {
    return await ask(options, message, header("webhook-id") ?? "");
  } catch (error) {
    if (error instanceof AuthorizeError && message.type === "authorize") {
      return { status: 200, body: { error: error.message } };
    }
    console.error("[hallpass] a callback failed:", error);
    return { status: 500, body: { message: "A callback failed; the application's log says why." } };
  }
}

/** The body of a request that nobody has read; one that breaks off ends, and is then not what was signed. */
async function* unread(request: NodeRequest): AsyncGenerator<Uint8Array> {
  try {
    yield* request;
  } catch {
    return;
  }
}

/**
 * Makes a handler for the URL that `[hooks]` names in hallpass's configuration, from callbacks as NextAuth.js has them:
 *
 * ```ts
 * // app/api/hooks/route.ts
 * import { hooks } from "hallpass/server";
 *
 * export const POST = hooks({
 *   callbacks: {
 *     session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
 *   },
 * });
 * ```
 *
 * What is not signed with the secret is refused. A callback that throws answers 500, and then hallpass lets nobody in.
 */
export function hooks(options: HooksOptions): HooksHandler {
  async function handler(request: Request | NodeRequest, response?: NodeResponse): Promise<Response | void> {
    if (!response) {
      const { headers } = request as Request;
      const { status, body } = await answer(options, (name) => headers.get(name), chunksOf(request as Request));
      return Response.json(body, { status });
    }
    const node = request as NodeRequest;
    const header = (name: string): string | null => [node.headers[name]].flat()[0] ?? null;
    if (node.body !== undefined) {
      throw new SetupError(
        "hooks() has to read the body itself, because the signature is of its bytes: in an API route of Next.js " +
          "export const config = { api: { bodyParser: false } }.",
      );
    }
    const { status, body } = await answer(options, header, unread(node));
    response.statusCode = status;
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(body));
  }
  return handler as HooksHandler;
}
