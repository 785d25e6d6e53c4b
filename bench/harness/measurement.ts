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

/** Subjects that were measured in turn, round after round, so that a disturbance of one disturbs all. */
export interface Comparison {
  readonly title: string;
  /** Unit of the samples, such as `calls/s`. */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** The results; the others are compared with the first one. */
  readonly results: readonly Result[];
}

/** The verdict about a figure that must be reached. */
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
  /** Number of samples for each subject. */
  readonly rounds: number;
  /** Milliseconds of a sample, where that can be chosen. */
  readonly sampleMs: number;
}

/** Environment of a measurement. */
export interface Bench {
  readonly effort: Effort;
  /** An empty folder for this measurement alone. */
  readonly folder: string;
  /** Reports what is being done. */
  progress(text: string): void;
}

/** One row of `npm run bench`: a measurement beside peers. */
export interface Measurement {
  readonly name: string;
  /** Description in one line, for `--list`. */
  readonly about: string;
  /** True when its comparisons are about the same subjects, and are printed as one table at the end as well. */
  readonly hasOverview?: boolean;
  run(bench: Bench): Promise<Findings>;
}
