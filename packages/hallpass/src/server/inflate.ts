// Raw deflate (RFC 1951), with an end to how much may come out.
import { SetupError } from "./fault.js";

function decompressor(): DecompressionStream {
  try {
    return new DecompressionStream("deflate-raw");
  } catch {
    throw new SetupError(
      "next-auth 3 compressed this token (jwt.encryption), and this runtime cannot inflate it; Node.js 20.12 can.",
    );
  }
}

/** What was compressed; `null` if it is more than `most` bytes or broken. */
export async function inflate(bytes: Uint8Array<ArrayBuffer>, most: number): Promise<Uint8Array | null> {
  const { readable, writable } = decompressor();
  const writer = writable.getWriter();
  // What these would say, the reader says too.
  writer.write(bytes).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = readable.getReader();
  const whole = new Uint8Array(most);
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return whole.subarray(0, size);
      if (size + value.byteLength > most) {
        await reader.cancel();
        return null;
      }
      whole.set(value, size);
      size += value.byteLength;
    }
  } catch {
    return null;
  }
}
