import { LiveswapError } from '../core/errors.js';

/** A value of unknown type: every member exists and can be called. */
export type Loose = { readonly [name: string]: Loose } & ((...args: never[]) => Loose);

/** Facts about an instance. */
export interface Given {
  /** Arguments of the constructor. */
  readonly args: readonly unknown[];
  /** Result of `pause`: in the version before, or before `resume`. `undefined` at a first load and after a crash. */
  readonly previous: unknown;
}

/** Steps by which an instance that takes work by itself begins, stops and ends. Each may be async. */
export interface TakesWorkSteps<Instance> {
  /** Changes what the constructor, or the function, is given: so that it does not begin by itself. */
  readonly construct?: (args: unknown[]) => unknown[];
  /**
   * Begins to take work: its version is the active one. Not waited for, and not called where the app itself has called one of
   * {@link TakesWorkSteps.waits}.
   */
  readonly start?: (instance: Instance, given: Given) => unknown;
  /**
   * Takes nothing more, and leaves nothing fetched that no held function has begun; waited for, within `yieldMs`. What it returns,
   * plain data, is given to the n-th instance of the next version.
   */
  readonly pause?: (instance: Instance, given: Given) => unknown;
  /** Undoes `pause`: the reload was refused. Default: what began the work is done again. */
  readonly resume?: (instance: Instance, given: Given) => unknown;
  /** Ends it for good: its version is retired. */
  readonly end?: (instance: Instance, given: Given) => unknown;
  /**
   * Functions of the app that do the work: what they have begun counts as pending until it settles. A position or name of a
   * parameter of the constructor, a key of an object given to it, or a member of the instance.
   */
  readonly hold?: readonly (string | number)[];
  /**
   * Methods with which an app begins the work itself. Until the version is active, calls of them wait; a function says how such a
   * call is made then. Default: `run`, `start` and `launch`, where there are any.
   */
  readonly waits?: Readonly<Record<string, WaitingMethod<Instance>>>;
  /**
   * Members of `waits` that settle when the work has begun, and not when it ends: code that awaits them goes on at once.
   * Default: none.
   */
  readonly settles?: readonly string[];
}

/** Makes a call that has waited, by `proceed`. */
export type WaitingMethod<Instance> = (proceed: () => unknown, instance: Instance, given: Given) => unknown;

/** An export that takes work by itself; made by {@link takesWork}. */
export interface TakesWork extends TakesWorkSteps<never> {
  /** Distinguishes it from a function that makes a stand-in. */
  readonly kind: 'takesWork';
}

const steps = ['construct', 'start', 'pause', 'resume', 'end'] as const;
const names: ReadonlySet<string> = new Set([...steps, 'hold', 'waits', 'settles']);

/**
 * Says how an export of a package takes work by itself: a class, or a function that gives something with methods.
 *
 * @throws LiveswapError `OPTION_INVALID`
 *
 * @example
 * takesWork<Worker>({
 *   construct: ([queue, processor, options = {}]) => [queue, processor, { ...options, autorun: false }],
 *   start: (worker) => worker.run(),
 *   pause: (worker) => worker.pause(true),
 *   resume: (worker) => worker.resume(),
 *   end: (worker) => worker.close(),
 *   hold: ['processor'],
 * });
 */
export function takesWork<Instance = Loose>(definition: TakesWorkSteps<Instance>): TakesWork {
  for (const [name, value] of Object.entries(definition)) {
    if (!names.has(name)) throw invalid(`there is no ${name}: there are ${[...names].join(', ')}`);
    if (value !== undefined && (steps as readonly string[]).includes(name) && typeof value !== 'function')
      throw invalid(`${name} is no function`);
  }
  return { ...(definition as TakesWorkSteps<never>), kind: 'takesWork' };
}

function invalid(problem: string): LiveswapError {
  return new LiveswapError('OPTION_INVALID', `takesWork cannot be used: ${problem}.`, {
    option: 'takesWork',
  });
}
