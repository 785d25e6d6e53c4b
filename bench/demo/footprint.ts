import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Resources that this process holds. */
export interface Footprint {
  /** Worker threads, as Node itself reports them. */
  readonly threads: number;
  /** Bytes of resident memory. */
  readonly rss: number;
  readonly heap: number;
}

export function footprint(): Footprint {
  collectGarbage();
  const { rss, heapUsed } = process.memoryUsage();
  return { threads: countThreads(), rss, heap: heapUsed };
}

/** Returns the number of worker threads that are alive now. */
export function countThreads(): number {
  const { workers } = process.report.getReport() as { workers: readonly unknown[] };
  return workers.length;
}
