import { types } from 'node:util';
import { LiveswapError } from '../core/errors.js';
import { isObject } from '../core/is-object.js';
import { isNative } from '../kept/is-native.js';
import type { KeptConstructor } from '../kept/kept-constructor.js';
import { keptRoots } from './kept-roots.js';

/** Options of kept state. */
export interface KeptOptions<State extends object> {
  /**
   * Converts the state of another version to that of this one: it receives the old state, in this version's classes, and returns
   * that state, changed, or another value. `from` is the fingerprint of the old type. It runs twice, so it must be pure. Default:
   * none; state that does not fit is then refused.
   */
  readonly upcast?: (state: never, from: string) => State;
  /**
   * Milliseconds between two copies that the host keeps, from which the replacement of a crashed thread continues; without it, a
   * crash loses the state. Copies are made less often if they would take more than 2 % of the thread's time.
   */
  readonly saveMs?: number;
}

/** Keeps state through releases; see {@link kept}. */
export interface Kept {
  /** Keeps the result of `create` under a name. @throws LiveswapError `OPTION_INVALID` */
  <State extends object>(name: string, create: () => State, options?: KeptOptions<State>): State;
  /** Lets instances of a package's class be kept. @throws LiveswapError `OPTION_INVALID` */
  register(name: `${string}#${string}`, type: new (...args: never[]) => object): void;
}

const known = ['upcast', 'saveMs'];
/**
 * The remedy for state that is declared while calls run: such state would be missing from a hand-over, and from its rehearsal.
 */
const LATE =
  'the code of the plugin has been evaluated already, so its state would not move to the next version; declare it at module level, in a file that is imported with the plugin and not by a call';

/**
 * State that lives through releases: the value itself, a map, set, array, plain object or instance of a class of the plugin's own
 * files. `create` makes it when the module is evaluated; when a version takes over from another, the old state under `name` is
 * poured into it, so the constant never changes its identity. A plugin that keeps state is exclusive.
 *
 * @example
 * export const players = kept('players', () => new Map<string, Player>());
 * @throws LiveswapError `OPTION_INVALID`, also where a function, or a module that only a call imports, keeps state
 */
export const kept: Kept = Object.assign(
  <State extends object>(name: string, create: () => State, options: KeptOptions<State> = {}): State => {
    checkOptions(name, create, options);
    if (keptRoots.has(name))
      throw invalid(name, 'another state is kept under that name; give it one of its own');
    if (keptRoots.isComplete) throw invalid(name, LATE);
    const root = create();
    if (!canBeKept(root)) {
      const what = types.isPromise(root) ? 'a promise' : describe(root);
      throw invalid(
        name,
        `create returned ${what}; return a map, set, array, plain object or instance of a class of your own`,
      );
    }
    keptRoots.add(name, root, options);
    return root;
  },
  {
    register(name: string, type: KeptConstructor): void {
      if (typeof name !== 'string' || !/^[^#]+#[^#]+$/.test(name) || typeof type !== 'function') {
        throw invalid(
          String(name as unknown),
          "kept.register takes a name like 'package#Class' and the class",
        );
      }
      keptRoots.register(name, type);
    },
  },
);

function checkOptions(name: unknown, create: unknown, options: KeptOptions<object>): void {
  if (typeof name !== 'string') throw invalid(String(name), 'its name is not a string');
  if (name === '') throw invalid('a state', "its name is empty; give it one of its own, such as 'rooms'");
  if (typeof create !== 'function') throw invalid(name, `create is ${describe(create)}, not a function`);
  if (!isObject(options)) throw invalid(name, `its options are ${describe(options)}, not an object`);
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw invalid(name, `there is no option ${key}: there are ${known.join(', ')}`);
  }
  const { upcast, saveMs } = options;
  if (upcast !== undefined && typeof upcast !== 'function') throw invalid(name, 'upcast is not a function');
  if (saveMs !== undefined && !(typeof saveMs === 'number' && saveMs > 0)) {
    throw invalid(name, `saveMs is ${String(saveMs)}, not a number of milliseconds above 0`);
  }
}

/** Returns whether a value can be filled in place. Its class is checked later, when all modules have been evaluated. */
function canBeKept(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  if (value instanceof Map || value instanceof Set || Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) return true;
  const type: unknown = prototype.constructor;
  return typeof type === 'function' && !isNative(type);
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : `a ${typeof value}`;
  return `an instance of ${value.constructor?.name ?? 'no class'}`;
}

function invalid(name: string, problem: string): LiveswapError {
  return new LiveswapError('OPTION_INVALID', `Cannot keep ${name}: ${problem}.`, { option: 'kept' });
}
