// The signature of Standard Webhooks (standardwebhooks.com), version 1.
import { subtle } from "./keys.js";

/** How far the clocks of hallpass and the application may be apart, in seconds: what the specification advises. */
const TOLERANCE = 5 * 60;

const PREFIX = "whsec_";

type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = (written: string): Bytes => new TextEncoder().encode(written) as Bytes;

/** Bytes of base64, or `null`. */
function base64(written: string): Bytes | null {
  try {
    return Uint8Array.from(atob(written), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}

/** So many signatures are looked at: one for each secret while one is replaced. */
const MOST_SIGNATURES = 8;

const TAG_BYTES = 32;

/** Whether the headers are those of a request that was signed a short while ago; what they sign is not looked at. */
export function isRecent(header: (name: string) => string | null): boolean {
  const [id, at, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
  return !!id && !!at && !!signatures && Math.abs(Date.now() / 1000 - Number(at)) <= TOLERANCE;
}

/** Whether the body was signed with the secret, a short while ago. */
export async function verified(
  secret: string,
  header: (name: string) => string | null,
  body: string,
): Promise<boolean> {
  const [id, at, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
  const bytes = secret.startsWith(PREFIX) ? base64(secret.slice(PREFIX.length)) : utf8(secret);
  if (!signatures || !bytes?.length || !isRecent(header)) return false;
  const signed = utf8(`${id}.${at}.${body}`);
  const key = await subtle().importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  for (const signature of signatures.split(" ", MOST_SIGNATURES)) {
    const [version, encoded = ""] = signature.split(",", 2);
    const tag = version === "v1" ? base64(encoded) : null;
    if (tag?.length === TAG_BYTES && (await subtle().verify("HMAC", key, tag, signed))) return true;
  }
  return false;
}
