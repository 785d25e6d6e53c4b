import {
  areStrings,
  checkOptions,
  isCount,
  isFunction,
  isObject,
  type Check,
  type Checks,
} from '../core/check-options.js';

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
  /** Changes the arguments of the constructor or function, so that the instance does not begin by itself. */
  readonly construct?: (args: unknown[]) => unknown[];
  /**
   * Begins to take work, because its version is now the active one. It is not awaited, and it is not called if the app itself has
   * called one of {@link TakesWorkSteps.waits}.
   */
  readonly start?: (instance: Instance, given: Given) => unknown;
  /**
   * Stops taking work and leaves no fetched work that no held function has begun. It is awaited, within `yieldMs`. Its result,
   * plain data, goes to the n-th instance of the next version.
   */
  readonly pause?: (instance: Instance, given: Given) => unknown;
  /** Undoes `pause`, because the reload was refused. Default: the work is started again in the way it was first started. */
  readonly resume?: (instance: Instance, given: Given) => unknown;
  /** Ends the instance for good, because its version is retired. */
  readonly end?: (instance: Instance, given: Given) => unknown;
  /**
   * Functions of the app that do the work; each run counts as pending until it settles. An entry is the position or name of a
   * parameter of the constructor, a key of an object passed to it, or a member of the instance.
   */
  readonly hold?: readonly (string | number)[];
  /**
   * Methods by which an app itself starts the work. Calls of them wait until the version is active; a function here makes such a
   * call then. Default: `run`, `start` and `launch`, if they exist.
   */
  readonly waits?: Readonly<Record<string, WaitingMethod<Instance>>>;
  /**
   * Members of `waits` that settle when the work has begun, rather than when it ends: code that awaits them goes on at once.
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

const step: Check = ['a function', isFunction];

const checks: Checks<TakesWorkSteps<Loose>> = {
  construct: step,
  start: step,
  pause: step,
  resume: step,
  end: step,
  hold: ['a list of names and positions', areMembers],
  waits: ['an object of functions', (value) => isObject(value) && Object.values(value).every(isFunction)],
  settles: ['a list of names', areStrings],
};

/**
 * Describes how an export of a package takes work by itself: a class, or a function that returns an object with methods.
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
  checkOptions(definition as TakesWorkSteps<Loose>, checks);
  return { ...(definition as TakesWorkSteps<never>), kind: 'takesWork' };
}

function areMembers(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' || isCount(0)(one));
}
