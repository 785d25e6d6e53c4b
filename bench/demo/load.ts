import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { answerParent } from './helper-process.js';

/** A bounded load: so many connections, so many requests a second in all. */
export interface LoadQuestion {
  readonly url: string;
  readonly connections: number;
  readonly requestsPerSecond: number;
  readonly seconds: number;
}

export interface LoadAnswer {
  readonly answered: number;
  readonly failed: number;
}

/**
 * Number of instances of autocannon, which start one after the other: one alone would send all requests of a second at its
 * beginning.
 */
const INSTANCES = 10;

answerParent<LoadQuestion, LoadAnswer>(async ({ url, connections, requestsPerSecond, seconds }) => {
  const share = {
    url,
    connections: connections / INSTANCES,
    overallRate: requestsPerSecond / INSTANCES,
    duration: seconds,
  };
  const results = await Promise.all(
    Array.from({ length: INSTANCES }, async (_, index) => {
      await sleep((index * 1000) / INSTANCES);
      return autocannon(share);
    }),
  );
  const sum = (countOf: (result: autocannon.Result) => number): number =>
    results.reduce((total, result) => total + countOf(result), 0);
  return {
    answered: sum((result) => result['2xx']),
    failed: sum(({ non2xx, errors, timeouts, resets }) => non2xx + errors + timeouts + resets),
  };
});
