import { resourceLimits } from 'node:worker_threads';

const MEBIBYTE = 2 ** 20;

/**
 * Mebibytes for young objects in a process without `--max-semi-space-size`, by the major version of V8: Node 20 and 22 have 48,
 * Node 24 has 192, Node 26 has 96.
 */
function youngDefault(): number {
  const v8 = Number.parseInt(process.versions.v8, 10);
  if (v8 === 13) return 192;
  return v8 > 13 ? 96 : 48;
}

/**
 * Returns the bytes that old objects of this thread may take. The limit that V8 reports includes the space for young objects, which
 * can be larger than the space for old ones.
 */
export function oldHeapLimit(): number {
  const { maxYoungGenerationSizeMb: young = youngDefault() } = resourceLimits;
  const { heap_size_limit: limit } = process.getBuiltinModule('node:v8').getHeapStatistics();
  // If --max-semi-space-size makes the space for young objects smaller, the limit includes less than the default.
  return Math.max(limit - young * MEBIBYTE, limit / 3);
}
