import { Agent } from 'node:http';
import { percentile } from '../harness/statistics.js';
import { ask } from './ask.js';

/** Outcome of requests. */
export interface LoadResult {
  readonly answered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

/**
 * Requests `url` for `ms` milliseconds on `connections` that are kept alive. Each connection sends the next request as soon as
 * the last is answered. A request that fails counts as a failure; an answer that closes its connection does not.
 */
export async function loadServer(url: string, connections: number, ms: number): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const end = performance.now() + ms;
  const took: number[] = [];
  let failed = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      const began = performance.now();
      try {
        await ask(url, agent);
        took.push(performance.now() - began);
      } catch {
        failed++;
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  agent.destroy();
  return { answered: took.length, p50Ms: percentile(took, 0.5), p99Ms: percentile(took, 0.99), failed };
}
