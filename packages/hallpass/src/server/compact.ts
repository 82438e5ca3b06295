// Opens the session tokens of next-auth 3, next-auth 4 and Auth.js 5. Which one it is stands in its header, and each
// has one algorithm: whatever else a header asks for (none, another key, a count of rounds) is refused by not being one
// of these four.
import { decode } from "./base64url.js";
import { inflate } from "./inflate.js";
import { pairedKeys, sealingKey, signingKey, subtle } from "./keys.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a token may be opened with. */
export interface Keyring {
  /** The secrets, the likeliest first. */
  secrets: readonly string[];
  /** What a v5 key may have been salted with: names of session cookies. */
  salts: readonly string[];
}

/** A compressed token may become this long; a header that carries cookies is shorter. */
const MOST_INFLATED = 64 * 1024;

const ascii = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;

type Json = Record<string, unknown>;

/** A JSON object, or `null`. */
function object(bytes: Uint8Array | null): Json | null {
  if (!bytes) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

/** All that a header asks for, in one line; `null` for a strange one. A type and a key's name ask nothing. */
function asks({ typ, kid, ...rest }: Json): string | null {
  if ((typ !== undefined && typ !== "JWT") || (kid !== undefined && typeof kid !== "string")) return null;
  const said = Object.entries(rest).map(([name, value]) => (typeof value === "string" ? `${name}=${value}` : null));
  return said.includes(null) ? null : said.sort().join(" ");
}

function concatenated(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

/** Tries key after key. */
async function first<Found>(tries: Iterable<() => Promise<Found | null>>): Promise<Found | null> {
  for (const attempt of tries) {
    const found = await attempt();
    if (found !== null) return found;
  }
  return null;
}

async function verifySigned(parts: string[], secrets: readonly string[]): Promise<Bytes | null> {
  const [head = "", claims = "", signature = ""] = parts;
  const [payload, mac] = [decode(claims), decode(signature)];
  const header = object(decode(head));
  if (!payload || !mac || !header || asks(header) !== "alg=HS512") return null;
  const signed = ascii(`${head}.${claims}`);
  return first(
    secrets.map((secret) => async () =>
      (await subtle().verify("HMAC", await signingKey(secret), mac, signed)) ? payload : null,
    ),
  );
}

interface Sealed {
  head: string;
  iv: Bytes;
  text: Bytes;
  tag: Bytes;
}

async function decrypt(parameters: AesGcmParams | AesCbcParams, key: CryptoKey, text: Bytes): Promise<Bytes | null> {
  try {
    return new Uint8Array(await subtle().decrypt(parameters, key, text));
  } catch {
    // The tag or the padding is wrong; which of them is nobody's business.
    return null;
  }
}

/** `A256GCM` (RFC 7518 §5.3). */
async function openGcm({ head, iv, text, tag }: Sealed, secrets: readonly string[]): Promise<Bytes | null> {
  if (iv.length !== 12 || tag.length !== 16) return null;
  const sealed = concatenated(text, tag);
  const parameters = { name: "AES-GCM", iv, additionalData: ascii(head) };
  return first(secrets.map((secret) => async () => decrypt(parameters, await sealingKey(secret), sealed)));
}

/** Compares in a time that does not tell where the difference is. */
function equal(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  one.forEach((byte, at) => (difference |= byte ^ (other[at] ?? 0)));
  return difference === 0;
}

/** What `A256CBC-HS512` puts a tag on: header, initialisation vector, ciphertext, and the header's length in bits. */
function tagged({ head, iv, text }: Sealed): Bytes {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(4, head.length * 8);
  return concatenated(ascii(head), iv, text, length);
}

/** `A256CBC-HS512` (RFC 7518 §5.2.5). The tag is compared before anything is decrypted. */
async function openCbc(sealed: Sealed, kid: unknown, { secrets, salts }: Keyring): Promise<Bytes | null> {
  const { iv, text, tag } = sealed;
  if (iv.length !== 16 || tag.length !== 32) return null;
  const signed = tagged(sealed);
  const pairs = secrets.flatMap((secret) => salts.map((salt) => [secret, salt] as const));
  return first(
    pairs.map(([secret, salt]) => async () => {
      const keys = await pairedKeys(secret, salt);
      if (kid !== undefined && kid !== keys.kid) return null;
      const mac = new Uint8Array(await subtle().sign("HMAC", keys.mac, signed));
      return equal(mac.subarray(0, 32), tag) ? decrypt({ name: "AES-CBC", iv }, keys.cipher, text) : null;
    }),
  );
}

/** The signed token in a compressed one: next-auth 3 with `jwt.encryption`. */
async function openNested(sealed: Sealed, secrets: readonly string[]): Promise<Bytes | null> {
  const compressed = await openGcm(sealed, secrets);
  const inner = compressed && (await inflate(compressed, MOST_INFLATED));
  const parts = inner ? new TextDecoder().decode(inner).split(".", 4) : [];
  return parts.length === 3 ? verifySigned(parts, secrets) : null;
}

async function openSealed(parts: string[], keyring: Keyring): Promise<Bytes | null> {
  const [head = "", key, ...rest] = parts;
  const [iv, text, tag] = rest.map(decode);
  const header = object(decode(head));
  // With a key of its own inside, a token would choose what it is opened with.
  if (!header || key !== "" || !iv || !text || !tag) return null;
  const sealed = { head, iv, text, tag };
  switch (asks(header)) {
    case "alg=dir enc=A256GCM":
      return openGcm(sealed, keyring.secrets);
    case "alg=dir enc=A256GCM zip=DEF":
      return openNested(sealed, keyring.secrets);
    case "alg=dir enc=A256CBC-HS512":
      return openCbc(sealed, header.kid, keyring);
    default:
      return null;
  }
}

/** The claims in a token that one of the secrets has sealed or signed; `null` for any other text. */
export async function open(token: string, keyring: Keyring): Promise<Json | null> {
  const parts = token.split(".", 6);
  if (parts.length === 3) return object(await verifySigned(parts, keyring.secrets));
  return parts.length === 5 ? object(await openSealed(parts, keyring)) : null;
}
