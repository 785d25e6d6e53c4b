import { lstatSync, rmSync, type BigIntStats } from 'node:fs';
import { hasListener } from './has-listener.js';

/**
 * Removes a socket file on which nobody listens; any other file belongs to somebody. Resolves to false when somebody listens.
 */
export async function removeStale(path: string): Promise<boolean> {
  if (process.platform === 'win32') return !(await hasListener(path));
  const found = socketAt(path);
  if (await hasListener(path)) return false;
  // Another process may have removed it meanwhile, and listen there. Nothing may be awaited between this and the removal.
  if (socketAt(path)?.mtimeNs !== found?.mtimeNs) return false;
  if (found) rmSync(path, { force: true });
  return true;
}

function socketAt(path: string): BigIntStats | undefined {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats?.isSocket() ? stats : undefined;
}
