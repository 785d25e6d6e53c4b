import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from './timers.js';

/** A source of time, which tests can replace. */
export interface Clock {
  /** Returns the milliseconds since some moment; never goes back. */
  now(): number;
  /** Runs something `ms` milliseconds from now, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
