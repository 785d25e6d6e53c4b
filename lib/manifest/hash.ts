import { createHash } from 'node:crypto';
import { setImmediate as turnEnd } from 'node:timers/promises';

/** Returns the SHA-256 of `bytes`, in hexadecimal. */
export function hashOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Number of bytes hashed at once: about half a millisecond. */
const SLICE = 1 << 18;

/** Works like {@link hashOf}, for all of `bytes` and for the part from `from` on, and yields to the event loop in between. */
export async function hashesOf(bytes: Uint8Array, from: number): Promise<[all: string, rest: string]> {
  const all = createHash('sha256').update(bytes.subarray(0, from));
  const rest = createHash('sha256');
  for (let at = from; at < bytes.length; at += SLICE) {
    if (at > from) await turnEnd();
    const slice = bytes.subarray(at, at + SLICE);
    all.update(slice);
    rest.update(slice);
  }
  return [all.digest('hex'), rest.digest('hex')];
}

/** Returns the name of a version in logs, errors and `context.version`: the first eight digits of its artifact's hash. */
export function versionOf(hash: string): string {
  return hash.slice(0, 8);
}
