import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hashOf, versionOf } from './hash.js';

/**
 * Names this process as no other is named, also among containers that share a folder and each call theirs process 1:
 * `<process id>-<start>-<place>`. A process id means something within its place only, and is used again later.
 */
export function ownerName(): string {
  return `${process.pid}-${startOf('self')}-${place()}`;
}

/** Whether the process whose {@link ownerName} begins `name` is gone; `undefined` when that cannot be told from here. */
export function isOwnerGone(name: string): boolean | undefined {
  const [, pid = '', start, itsPlace] = /^(\d+)-(\d*)-([\da-f]{8})\b/.exec(name) ?? [];
  if (itsPlace !== place()) return undefined;
  if (!isAlive(Number(pid))) return true;
  const startOfNow = startOf(pid);
  return startOfNow !== '' && startOfNow !== start;
}

/** Where process ids mean what they mean here: one boot of one machine, one process namespace. Elsewhere than on Linux, the machine. */
function place(): string {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const namespace = read(() => readlinkSync('/proc/self/ns/pid'));
  return versionOf(hashOf(`${boot || hostname()} ${namespace}`));
}

/** When a process started, in ticks since boot; empty where the platform does not tell. */
function startOf(pid: string): string {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // What comes before is its name, which may hold anything. See proc(5): this is field 22.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function read(from: () => string): string {
  try {
    return from();
  } catch {
    return '';
  }
}
