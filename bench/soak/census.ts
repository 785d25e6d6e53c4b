import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { getHeapCodeStatistics, getHeapStatistics } from 'node:v8';

/** Resources of this process that must not grow. */
export interface Census {
  /** Bytes in the heap of this thread. */
  readonly heapBytes: number;
  /** Bytes of compiled code in the heap. */
  readonly codeBytes: number;
  readonly rssBytes: number;
  readonly threads: number;
  /** Number of timers, ports and other things that Node keeps, except its own pipes and terminals. */
  readonly resources: number;
  /** Number of open files, where the platform tells it. */
  readonly files: number | undefined;
  /** Number of copies of artifacts below the plugin folder. */
  readonly copies: number;
}

/** Takes a census after a garbage collection. Needs `--expose-gc`. */
export async function takeCensus(copies: number): Promise<Census> {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.();
    // Objects that finalizers release are collected in the next round.
    await setImmediate();
  }
  const code = getHeapCodeStatistics();
  const { workers } = process.report.getReport() as { workers: readonly unknown[] };
  return {
    heapBytes: getHeapStatistics().used_heap_size,
    codeBytes: code.code_and_metadata_size + code.bytecode_and_metadata_size,
    rssBytes: process.memoryUsage.rss(),
    threads: workers.length,
    resources: process.getActiveResourcesInfo().length,
    files: countFiles(),
    copies,
  };
}

function countFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}
