import { createHash } from 'node:crypto';

/** SHA-256 of `bytes`, in hexadecimal. */
export function hashOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** How a version is called in logs, errors and `context.version`: the first eight digits of its artifact's hash. */
export function versionOf(hash: string): string {
  return hash.slice(0, 8);
}
