import { samplesOf } from './ratio.js';
import type { Bench, Comparison, Subject } from './measurement.js';

/** Number of times that subjects are measured. */
export interface TurnOptions {
  readonly title: string;
  /** Number of rounds. Default: that of the bench. */
  readonly rounds?: number;
  /** Number of rounds that do not count, because code has to warm up first. Default 1. */
  readonly warmUps?: number;
}

/** Subjects of a comparison, and the number of times that each is measured. */
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

/** Returns one figure of samples that have several, as a comparison. */
export function compareFigure<Sample>(
  taken: ReadonlyMap<string, readonly Sample[]>,
  { title, unit, better }: Omit<Comparison, 'results'>,
  figureOf: (sample: Sample) => number,
): Comparison {
  const results = [...taken].map(([name, samples]) => ({ name, samples: samples.map(figureOf) }));
  return { title, unit, better, results };
}

/** Joins comparisons that several processes made into one each: the samples of one process follow those of another. */
export function joinComparisons(taken: readonly (readonly Comparison[])[]): Comparison[] {
  const [first = []] = taken;
  return first.map((comparison, index) => ({
    ...comparison,
    results: comparison.results.map(({ name }) => ({
      name,
      samples: taken.flatMap((comparisons) => samplesOf(comparisons[index] as Comparison, name)),
    })),
  }));
}

/**
 * Samples the subjects round after round, each round in another order: no subject always begins, and none always follows the same
 * one, whose caches and cores it would inherit. Returns the samples by name, in the order of the subjects.
 */
export async function takeInTurn<Sample>(
  bench: Bench,
  subjects: readonly Subject<Sample>[],
  { title, rounds = bench.effort.rounds, warmUps = 1 }: TurnOptions,
): Promise<Map<string, Sample[]>> {
  const taken = new Map<string, Sample[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const subject of inOrderOf(round + warmUps, subjects)) {
      const count = round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`;
      bench.progress(`${title}: ${count}: ${subject.name}`);
      const sample = await subject.sample();
      if (round >= 0) taken.get(subject.name)?.push(sample);
    }
  }
  return taken;
}

/** Returns the same list in another order each round: it begins elsewhere, and is gone through in other strides. */
export function inOrderOf<T>(round: number, list: readonly T[]): T[] {
  const strides = list.map((_, index) => index + 1).filter((stride) => divisor(stride, list.length) === 1);
  const stride = strides[round % strides.length] as number;
  return list.map((_, index) => list[(round + index * stride) % list.length] as T);
}

/** Returns the greatest common divisor of two numbers. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
