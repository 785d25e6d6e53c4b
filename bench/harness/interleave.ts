import type { Bench, Comparison, Result, Subject } from './measurement.js';

/** What is compared, and how often. */
export interface InterleaveOptions {
  readonly title: string;
  readonly unit: string;
  readonly better: Comparison['better'];
  /** Default: those of the bench. */
  readonly rounds?: number;
  /** Rounds that are not counted, for what has to warm up first. Default 1. */
  readonly warmUps?: number;
}

/**
 * Measures the subjects in turn, round after round: each round in another order, so that none always follows the same one.
 */
export async function interleave(
  bench: Bench,
  subjects: readonly Subject[],
  { title, unit, better, rounds = bench.effort.rounds, warmUps = 1 }: InterleaveOptions,
): Promise<Comparison> {
  const samples = new Map<Subject, number[]>(subjects.map((subject) => [subject, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const subject of rotated(subjects, round + warmUps)) {
      const count = round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`;
      bench.progress(`${title}: ${count}: ${subject.name}`);
      const sample = await subject.sample();
      if (round >= 0) samples.get(subject)?.push(sample);
    }
  }
  const results: Result[] = [...samples].map(([{ name }, taken]) => ({ name, samples: taken }));
  return { title, unit, better, results };
}

/** The same list, begun elsewhere. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
