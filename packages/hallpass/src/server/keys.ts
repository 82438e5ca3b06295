// The keys of session tokens: what each generation makes of the secret, by HKDF-SHA256 (RFC 5869).
import { SESSION_KEY_INFO } from "../wire.js";
import { encode } from "./base64url.js";
import { SetupError } from "./fault.js";

const text = (written: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(written) as Uint8Array<ArrayBuffer>;

/** The platform's cryptography. */
export function subtle(): SubtleCrypto {
  const found = (globalThis as { crypto?: Crypto }).crypto?.subtle;
  if (found) return found;
  throw new SetupError(
    "This runtime has no WebCrypto, so no token can be opened: use Node.js 20, or start Node.js 18 with " +
      "--experimental-global-webcrypto.",
  );
}

async function derive(secret: string, salt: string, info: string, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const key = await subtle().importKey("raw", text(secret), "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: text(salt), info: text(info) };
  return new Uint8Array(await subtle().deriveBits(parameters, key, bytes * 8));
}

const HS512 = { name: "HMAC", hash: "SHA-512" };

async function signing(secret: string): Promise<CryptoKey> {
  const bytes = await derive(secret, "", "NextAuth.js Generated Signing Key", 64);
  return subtle().importKey("raw", bytes, HS512, false, ["verify"]);
}

async function sealing(secret: string): Promise<CryptoKey> {
  const bytes = await derive(secret, "", SESSION_KEY_INFO, 32);
  return subtle().importKey("raw", bytes, "AES-GCM", false, ["decrypt"]);
}

/** The keys of a v5 token, and the name that the token gives them. */
export interface PairedKeys {
  mac: CryptoKey;
  cipher: CryptoKey;
  /** The thumbprint (RFC 7638), with SHA-512. */
  kid: string;
}

async function paired(secret: string, salt: string): Promise<PairedKeys> {
  const bytes = await derive(secret, salt, `Auth.js Generated Encryption Key (${salt})`, 64);
  const named = text(JSON.stringify({ k: encode(bytes), kty: "oct" }));
  const [mac, cipher, kid] = await Promise.all([
    subtle().importKey("raw", bytes.subarray(0, 32), HS512, false, ["sign"]),
    subtle().importKey("raw", bytes.subarray(32), "AES-CBC", false, ["decrypt"]),
    subtle().digest("SHA-512", named),
  ]);
  return { mac, cipher, kid: encode(new Uint8Array(kid)) };
}

/** Keys made so far: a request costs no derivation. Secrets and salts come from the configuration, so they are few. */
const made = new Map<string, Promise<unknown>>();

const MOST = 64;

function once<Key>(name: string, make: () => Promise<Key>): Promise<Key> {
  const known = made.get(name) as Promise<Key> | undefined;
  if (known) return known;
  if (made.size >= MOST) made.clear();
  const key = make();
  made.set(name, key);
  key.catch(() => made.delete(name));
  return key;
}

/** The key of a v3 signature. */
export const signingKey = (secret: string): Promise<CryptoKey> => once(`3 ${secret}`, () => signing(secret));

/** The key of a v4 token, and of an encrypted one of v3. */
export const sealingKey = (secret: string): Promise<CryptoKey> => once(`4 ${secret}`, () => sealing(secret));

/** The keys of a v5 token; the salt is the cookie's name. */
export const pairedKeys = (secret: string, salt: string): Promise<PairedKeys> =>
  once(`5 ${JSON.stringify([salt, secret])}`, () => paired(secret, salt));
