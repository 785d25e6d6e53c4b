import type { Comparison } from './measurement.js';
import { spreadOf, type Spread } from './statistics.js';

/**
 * Returns the quotients of `one` and `other` of a comparison. The samples are of the same round, because a disturbance slows
 * both.
 */
export function ratioOf(comparison: Comparison, one: string, other: string): Spread {
  const above = samplesOf(comparison, one);
  const below = samplesOf(comparison, other);
  return spreadOf(above.map((sample, round) => sample / (below[round] as number)));
}

/** Returns how many times as good the first of the comparison is as `peer`: above 1 it is better. */
export function advantageOver(comparison: Comparison, peer: string): Spread {
  const ours = comparison.results[0]?.name as string;
  return comparison.better === 'higher' ? ratioOf(comparison, ours, peer) : ratioOf(comparison, peer, ours);
}

/** Returns the samples of a subject. @throws RangeError when the subject was not measured */
export function samplesOf({ title, results }: Comparison, name: string): readonly number[] {
  const found = results.find((result) => result.name === name);
  if (found) return found.samples;
  throw new RangeError(`${title} has no ${name}: ${results.map((result) => result.name).join(', ')}.`);
}
