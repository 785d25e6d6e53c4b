/** Something that is measured beside others. */
export interface Subject<Sample = number> {
  readonly name: string;
  /** Measures once. */
  sample(): Promise<Sample>;
}

/** Samples of one subject, one for each round. */
export interface Result {
  readonly name: string;
  readonly samples: readonly number[];
}

/** Subjects that were measured in turn, round after round, so that what disturbs one disturbs all. */
export interface Comparison {
  readonly title: string;
  /** Unit of the samples, such as `calls/s`. */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** The first one is what the others are compared with. */
  readonly results: readonly Result[];
}

/** A figure that has to be reached. */
export interface Verdict {
  /** Promised value, in words. */
  readonly target: string;
  /** Measured value, with its unit. */
  readonly measured: string;
  readonly met: boolean;
}

/** Findings of a measurement. */
export interface Findings {
  readonly comparisons: readonly Comparison[];
  readonly verdicts: readonly Verdict[];
}

/** Thoroughness of a run. */
export interface Effort {
  /** Samples a subject. */
  readonly rounds: number;
  /** Milliseconds a sample takes, where that can be chosen. */
  readonly sampleMs: number;
}

/** Environment of a measurement. */
export interface Bench {
  readonly effort: Effort;
  /** Empty, and its own. */
  readonly folder: string;
  /** Says what is being done. */
  progress(text: string): void;
}

/** One row of `npm run bench`: what it measures, beside which peers. */
export interface Measurement {
  readonly name: string;
  /** One line for `--list`. */
  readonly about: string;
  /** True when its comparisons are about the same subjects, and are printed as one table at the end as well. */
  readonly hasOverview?: boolean;
  run(bench: Bench): Promise<Findings>;
}
