import type { Measurement } from '../harness/measurement.js';
import { calls } from './calls.js';
import { reload } from './reload.js';

/** Everything that `npm run bench` measures, in this order. */
export const measurements: readonly Measurement[] = [calls, reload];
