import { realpath } from 'node:fs/promises';

/** Resolves to the real paths of those files that exist. */
export async function existingAmong(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => realpath(path).catch(() => undefined)));
  return found.filter((path) => path !== undefined);
}
