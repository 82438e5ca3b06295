// Tokens made with Node's own cryptography, by the book of each generation; the header is the forger's choice.
import { createCipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

const b64 = (data) => Buffer.from(data).toString("base64url");
const header = (given) => b64(typeof given === "string" ? given : JSON.stringify(given));
const key = (secret, salt, info, bytes) => Buffer.from(hkdfSync("sha256", secret, salt, info, bytes));

const seconds = () => Math.floor(Date.now() / 1000);

/** Claims of a session that holds for an hour. */
export const claims = (more = {}) => ({ sub: "7", name: "J", iat: seconds(), exp: seconds() + 3600, ...more });

/** A token of next-auth 3. */
export function signed(content, { secret = "topsecret", head = { alg: "HS512" } } = {}) {
  const text = `${header(head)}.${b64(typeof content === "string" ? content : JSON.stringify(content))}`;
  const mac = createHmac("sha512", key(secret, "", "NextAuth.js Generated Signing Key", 64)).update(text).digest();
  return `${text}.${b64(mac)}`;
}

/** A token of next-auth 4; with `zip` in the header the bytes of an encrypted one of next-auth 3. */
export function sealed(content, { secret = "topsecret", head = { alg: "dir", enc: "A256GCM" } } = {}) {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key(secret, "", "NextAuth.js Generated Encryption Key", 32), iv);
  cipher.setAAD(Buffer.from(header(head)));
  const plain = Buffer.isBuffer(content) ? content : JSON.stringify(content);
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return `${header(head)}..${b64(iv)}.${b64(text)}.${b64(cipher.getAuthTag())}`;
}

/** A token of Auth.js 5. */
export function paired(content, { secret = "topsecret", salt = "authjs.session-token", head } = {}) {
  const both = key(secret, salt, `Auth.js Generated Encryption Key (${salt})`, 64);
  const head64 = header(head ?? { alg: "dir", enc: "A256CBC-HS512" });
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", both.subarray(32), iv);
  const text = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(head64.length * 8));
  const mac = createHmac("sha512", both.subarray(0, 32)).update(head64).update(iv).update(text).update(length).digest();
  return `${head64}..${b64(iv)}.${b64(text)}.${b64(mac.subarray(0, 32))}`;
}
