import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAlive } from '../core/is-alive.js';
import { hashOf, versionOf } from './hash.js';

/**
 * Returns a unique name for this process, even among containers that share a folder and each have a process 1:
 * `<process id>-<start>-<place>`. A process id is unique only within its place, and is reused later.
 */
export function ownerName(): string {
  return `${process.pid}-${startOf('self')}-${place()}`;
}

/**
 * Returns true when the process whose {@link ownerName} begins `name` has ended; `undefined` when that cannot be determined from
 * here.
 *
 * @param startOfProcess returns when a process began; empty where nobody tells.
 */
export function isOwnerGone(name: string, startOfProcess = startOf): boolean | undefined {
  const [, pid = '', start, itsPlace] = /^(\d+)-(\d*)-([\da-f]{8})\b/.exec(name) ?? [];
  if (itsPlace !== place()) return undefined;
  if (!isAlive(Number(pid))) return true;
  const startOfNow = startOfProcess(pid);
  // If the time at which a process began is unknown, its id may have been given to another process.
  return startOfNow === '' ? undefined : startOfNow !== start;
}

/**
 * Identifies the scope of process ids: one boot of one machine and one process namespace. On systems other than Linux, the
 * machine.
 */
function place(): string {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const namespace = read(() => readlinkSync('/proc/self/ns/pid'));
  return versionOf(hashOf(`${boot || hostname()} ${namespace}`));
}

/** Returns the start time of a process, in ticks since boot; empty where the platform does not provide it. */
function startOf(pid: string): string {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The fields before the parenthesis include the process name, which may contain anything. See proc(5): this is field 22.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/**
 * Returns what `from` reads from `/proc` of Linux. Elsewhere, a folder of that name is not the system's: Wine shows that of
 * Linux, which has other process ids.
 */
function read(from: () => string): string {
  if (process.platform !== 'linux') return '';
  try {
    return from();
  } catch {
    return '';
  }
}
