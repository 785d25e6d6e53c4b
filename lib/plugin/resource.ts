import { LiveswapError } from '../core/errors.js';
import { isObject } from '../core/is-object.js';
import { resources } from './resources.js';
import { ticker } from './ticker.js';

/** Options for opening a {@link resource}. */
export interface ResourceOptions {
  /**
   * `'load'` (default): before `onLoad`. `'active'`: with `onActive`, for a resource that may be filled only once the version is
   * the current one.
   */
  readonly open?: 'load' | 'active';
  /**
   * True when the resource takes work by itself, as a consumer does: it is opened with `onActive`, never before, and closed with
   * `onYield`. The version stays until its `close` has settled. Default `false`.
   */
  readonly takesWork?: boolean;
}

/** Returns the opened value. @throws LiveswapError `NOT_LOADED` before it is opened, and after it is closed */
export type Resource<Value> = () => Awaited<Value>;

const known: Readonly<Record<keyof ResourceOptions, readonly unknown[]>> = {
  open: ['load', 'active', undefined],
  takesWork: [true, false, undefined],
};

/**
 * Something that has to be opened and closed: a pool, a client, a connection. It is opened in each thread of a version
 * before `onLoad`, in the order of declaration or when another resource uses it first, and awaited; it is closed after
 * `onFree`, in the reverse order, within `freeMs`, also when the start failed. A failure fails the start with
 * `HOOK_FAILED { hook: 'resource', resource }`. Where there is no thread, as in a unit test, the first call opens it.
 *
 * @example
 * export const pool = resource(() => new pg.Pool({ connectionString }), (pool) => pool.end());
 * export const db = resource(() => drizzle(pool()));
 * @throws LiveswapError `OPTION_INVALID`
 */
export function resource<Value>(
  open: () => Value,
  close?: (value: Awaited<Value>) => unknown,
  options?: ResourceOptions,
): Resource<Value>;
export function resource<Value>(open: () => Value, options: ResourceOptions): Resource<Value>;
export function resource<Value>(
  open: () => Value,
  second?: ((value: Awaited<Value>) => unknown) | ResourceOptions,
  third?: ResourceOptions,
): Resource<Value> {
  const [close, options = {}] =
    typeof second === 'object' && second !== null ? [undefined, second] : [second, third];
  check(open, close, options);
  const isOfWork = options.takesWork === true;
  return resources.declare({
    open: () => (isOfWork ? ticker.openRenewed(open) : ticker.openLasting(open)),
    close: close as ((value: unknown) => unknown) | undefined,
    phase: isOfWork ? 'active' : (options.open ?? 'load'),
    takesWork: isOfWork,
  }) as Resource<Value>;
}

function check(open: unknown, close: unknown, options: ResourceOptions): void {
  if (typeof open !== 'function' || (close !== undefined && typeof close !== 'function')) {
    throw invalid('takes a function that opens and, if there is something to close, one that closes');
  }
  if (!isObject(options)) throw invalid(`takes an object of options, not ${String(options)}`);
  for (const [name, value] of Object.entries(options)) {
    const allowed = Object.hasOwn(known, name) ? known[name as keyof ResourceOptions] : undefined;
    if (!allowed) throw invalid(`has no option ${name}: there are ${Object.keys(known).join(', ')}`, name);
    if (!allowed.includes(value)) {
      throw invalid(`has a wrong ${name}: ${String(value)}; pass ${allowed.slice(0, 2).join(' or ')}`, name);
    }
  }
}

function invalid(problem: string, option = 'resource'): LiveswapError {
  return new LiveswapError('OPTION_INVALID', `A resource cannot be used: it ${problem}.`, { option });
}
