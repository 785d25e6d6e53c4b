import type { Bench, Comparison, Subject } from './measurement.js';

/** How often subjects are measured. */
export interface TurnOptions {
  readonly title: string;
  /** Default: those of the bench. */
  readonly rounds?: number;
  /** Rounds that are not counted, for what has to warm up first. Default 1. */
  readonly warmUps?: number;
}

/** What is compared, and how often it is measured. */
export interface InterleaveOptions extends TurnOptions {
  readonly unit: string;
  readonly better: Comparison['better'];
}

/** Measures the subjects in turn, round after round, and compares them. */
export async function interleave(
  bench: Bench,
  subjects: readonly Subject[],
  options: InterleaveOptions,
): Promise<Comparison> {
  const { title, unit, better } = options;
  return compareFigure(
    await takeInTurn(bench, subjects, options),
    { title, unit, better },
    (sample) => sample,
  );
}

/** One of the figures of samples that have several, as a comparison. */
export function compareFigure<Sample>(
  taken: ReadonlyMap<string, readonly Sample[]>,
  { title, unit, better }: Omit<Comparison, 'results'>,
  figureOf: (sample: Sample) => number,
): Comparison {
  const results = [...taken].map(([name, samples]) => ({ name, samples: samples.map(figureOf) }));
  return { title, unit, better, results };
}

/**
 * Samples the subjects round after round, each round in another order, so that none always follows the same one. Returns
 * the samples by name, in the order of the subjects.
 */
export async function takeInTurn<Sample>(
  bench: Bench,
  subjects: readonly Subject<Sample>[],
  { title, rounds = bench.effort.rounds, warmUps = 1 }: TurnOptions,
): Promise<Map<string, Sample[]>> {
  const taken = new Map<string, Sample[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const subject of rotated(subjects, round + warmUps)) {
      const count = round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`;
      bench.progress(`${title}: ${count}: ${subject.name}`);
      const sample = await subject.sample();
      if (round >= 0) taken.get(subject.name)?.push(sample);
    }
  }
  return taken;
}

/** The same list, begun elsewhere. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
