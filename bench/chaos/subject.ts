import { sample, constant, oneof, record, type Arbitrary } from 'fast-check';
import type { FunctionTexts } from '../../test/helpers/compose-plugin.js';
import type { World } from './world.js';

/** One kind of thing that happens in a run. */
export interface StepKind {
  /** Frequency of the step, relative to the others. */
  readonly weight: number;
  readonly data: Arbitrary<unknown>;
  /** Begins the step; resolves when everything that it began has settled. Returns `undefined` when there is nothing to do. */
  readonly run: (data: unknown) => Promise<unknown> | undefined;
  /** True when the next step waits for the end of this one. */
  readonly isAwaited: boolean;
}

/** One subject of a run: its steps, the part of the plugin that they use, and the check when all is at rest. */
export interface Subject {
  readonly steps: Readonly<Record<string, StepKind>>;
  /** Live functions of the guardian; they see `me()`, `sleep(ms, signal)` and the number `edition`. */
  readonly live?: FunctionTexts;
  /** Names of the functions that are `@idempotent`. */
  readonly idempotent?: readonly string[];
  /** Code of the guardian's module. */
  readonly module?: string;
  /** Code of the guardian's hooks, by name; the hooks are async and see `data`. */
  readonly hooks?: FunctionTexts;
  /** Methods of the host that plugins can call. */
  readonly extension?: Readonly<Record<string, (...args: never[]) => unknown>>;
  /** Deploys whatever the subject needs before the first load. */
  readonly begin?: () => Promise<unknown>;
  /** Checks the subject's model; called when nothing is under way. */
  readonly atRest?: () => unknown;
}

/** Makes a subject for one run. */
export type SubjectOf = (world: World) => Subject;

/** A step of a run. */
export interface Step {
  readonly kind: string;
  readonly data: unknown;
}

/** Returns a kind of step; `run` is given what `data` generates. */
export function step<Data>(
  weight: number,
  data: Arbitrary<Data>,
  run: (data: Data) => Promise<unknown> | undefined,
  isAwaited = false,
): StepKind {
  return { weight, data, run: run as StepKind['run'], isAwaited };
}

/** Returns a kind of step that has no data. */
export function plainStep(
  weight: number,
  run: () => Promise<unknown> | undefined,
  isAwaited = false,
): StepKind {
  return step(weight, constant(undefined), run, isAwaited);
}

/** Returns the steps of a run: the same for the same seed. */
export function pickSteps(
  kinds: ReadonlyMap<string, StepKind>,
  seed: number,
  count: number,
): readonly Step[] {
  const arbitrary = oneof(
    ...[...kinds].map(([kind, { weight, data }]) => ({
      weight: Math.round(weight * 10),
      arbitrary: record({ kind: constant(kind), data }),
    })),
  );
  return sample(arbitrary, { seed, numRuns: count });
}
