import { readlinkSync, readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { Swapper } from '../../lib/index.js';

/** Returns the number of threads of this process. */
export function threadCount(): number {
  return (process.report.getReport() as { workers: readonly unknown[] }).workers.length;
}

/** Returns the number of servers of this process that listen on a port. */
export function serverCount(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
}

/** Returns the files below `folder` that this process has open; none where the platform does not tell. */
export function openFiles(folder: string): string[] {
  try {
    return readdirSync('/proc/self/fd')
      .map(targetOf)
      .filter((target) => target.startsWith(folder));
  } catch {
    return [];
  }
}

/** Resolves to the copies of artifacts that are left below `folder`. */
export async function copiesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => file.includes('.versions'));
}

/** Returns what still counts as pending, as sentences. */
export function pendingOf(swapper: Swapper): string[] {
  return swapper
    .stats()
    .plugins.flatMap(({ versions }) =>
      versions.flatMap(({ plugin, version, state, pending, queued, threads }) => [
        ...(state === 'draining' ? [`${plugin}@${version} still drains`] : []),
        ...(pending.length > 0 ? [`${pending.length} calls are pending on ${plugin}@${version}`] : []),
        ...(queued > 0 ? [`${queued} calls wait for ${plugin}@${version}`] : []),
        ...threads.flatMap(({ index, held }) =>
          held > 0 ? [`thread ${index} of ${plugin}@${version} holds ${held}`] : [],
        ),
      ]),
    );
}

function targetOf(link: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${link}`);
  } catch {
    // The file was closed since.
    return '';
  }
}
