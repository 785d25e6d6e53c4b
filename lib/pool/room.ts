import { readdir, readFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import { LiveswapError } from '../core/errors.js';

/** A limited resource of the platform, and the amount that a thread takes, as measured on Linux. */
export interface Ceiling {
  /** Name of the limit, as a user can look it up. */
  readonly limit: 'ulimit -n' | 'vm.max_map_count' | 'memory';
  readonly what: string;
  readonly aThread: number;
  /** `undefined` where it cannot be determined. */
  readonly available: number | undefined;
}

/** Fewer threads than this are not worth the check. */
const FEW_THREADS = 8;
const MEBIBYTE = 2 ** 20;

/**
 * Refuses to make more threads than this process has room for: beyond its limits, the process gets no error but is ended.
 * @throws LiveswapError `LIMIT_EXCEEDED { limit, needed, available }`
 */
export async function checkRoom(threads: number, measure = measureCeilings): Promise<void> {
  if (threads < FEW_THREADS) return;
  for (const { limit, what, aThread, available } of await measure()) {
    const needed = threads * aThread;
    if (available === undefined || needed <= available) continue;
    throw new LiveswapError(
      'LIMIT_EXCEEDED',
      `Cannot start ${threads} threads: each takes ${aThread} ${what}, ${needed} in all, and ${available} are left (${limit}); raise that, or load fewer plugins or threads at a time.`,
      { limit, needed, available },
    );
  }
}

async function measureCeilings(): Promise<Ceiling[]> {
  const [descriptors, maps] = await Promise.all([
    left(mostDescriptors, async () => (await readdir('/proc/self/fd')).length),
    left(mostMaps, async () => (await readFile('/proc/self/maps', 'latin1')).split('\n').length),
  ]);
  return [
    { limit: 'ulimit -n', what: 'file descriptors', aThread: 4, available: descriptors },
    { limit: 'vm.max_map_count', what: 'memory maps', aThread: 47, available: maps },
    { limit: 'memory', what: 'megabytes', aThread: 9, available: Math.floor(availableBytes() / MEBIBYTE) },
  ];
}

/** Resolves to `undefined` where there is no such file, as on macOS and Windows. */
async function left(most: () => Promise<number>, used: () => Promise<number>): Promise<number | undefined> {
  try {
    const [limit, taken] = await Promise.all([most(), used()]);
    return Math.max(0, limit - taken);
  } catch {
    return undefined;
  }
}

async function mostDescriptors(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'latin1');
  const [, soft = ''] = /^Max open files +(\d+|unlimited)/m.exec(limits) ?? [];
  return soft === 'unlimited' ? Infinity : Number.parseInt(soft, 10);
}

async function mostMaps(): Promise<number> {
  return Number.parseInt(await readFile('/proc/sys/vm/max_map_count', 'latin1'), 10);
}

/** Returns the memory that is available. In a container, the container's own limit counts, where Node can tell it. */
function availableBytes(): number {
  const available = (process as Partial<Pick<NodeJS.Process, 'availableMemory'>>).availableMemory?.();
  return available ?? freemem();
}
