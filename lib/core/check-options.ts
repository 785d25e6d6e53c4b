import { didYouMean } from './did-you-mean.js';
import { LiveswapError } from './errors.js';
import { shownValue } from './shown-value.js';

/** The requirement on an option, in words and as a test. */
export type Check = readonly [what: string, holds: (value: unknown) => boolean];

/** A {@link Check} for each option. */
export type Checks<Options extends object> = Readonly<Record<keyof Options, Check>>;

/**
 * Checks options.
 *
 * @param needed are the options that must be given.
 * @throws LiveswapError `OPTION_INVALID` naming the first option that is unknown, fails its check or is missing
 */
export function checkOptions<Options extends object>(
  options: Options,
  checks: Checks<Options>,
  needed: readonly (keyof Options & string)[] = [],
): void {
  checkNames(options, Object.keys(checks), needed);
  for (const [option, value] of Object.entries(options)) {
    const [what, holds] = checks[option as keyof Options];
    if (value === undefined || holds(value)) continue;
    const message = `The option ${option} must be ${what}; it is ${shownValue(value)}.`;
    throw new LiveswapError('OPTION_INVALID', message, { option });
  }
  const missing = needed.find((option) => options[option] === undefined);
  if (missing === undefined) return;
  const message = `The option ${missing} is missing; it must be ${checks[missing][0]}.`;
  throw new LiveswapError('OPTION_INVALID', message, { option: missing });
}

/** Returns the test for a value that consists of options: those of `checks`, all that are `needed` among them. */
export function areOptions<Options extends object>(
  checks: Checks<Options>,
  needed: readonly (keyof Options & string)[] = [],
): (value: unknown) => boolean {
  return (value) => {
    try {
      checkOptions(value as Options, checks, needed);
      return true;
    } catch {
      return false;
    }
  };
}

/** Returns the options that are not `undefined`, which is the same as left out. */
export function givenOf<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** Checks the names of options. @throws LiveswapError `OPTION_INVALID` naming the first option that is not `known` */
export function checkNames(options: object, known: readonly string[], needed: readonly string[] = []): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const whole = needed.length > 0 ? `one object, { ${needed.join(', ')} }` : 'an object';
    throw new LiveswapError('OPTION_INVALID', `Options are ${whole}, not ${shownValue(options)}.`);
  }
  const option = Object.keys(options).find((name) => !known.includes(name));
  if (option === undefined) return;
  throw new LiveswapError('OPTION_INVALID', `There is no option ${option}${didYouMean(option, known)}`, {
    option,
  });
}

/**
 * Checks what is listened to, and with what, which code without types may get wrong.
 * @throws LiveswapError `OPTION_INVALID` when there is no event of this type, or the listener is no function
 */
export function checkListener(type: unknown, listener: unknown, known: readonly string[]): void {
  const event = typeof type === 'string' ? type : shownValue(type);
  if (!known.includes(event))
    throw new LiveswapError('OPTION_INVALID', `There is no event ${event}${didYouMean(event, known)}`, {
      event,
    });
  if (typeof listener === 'function') return;
  const message = `A listener of ${event} must be a function; it is ${shownValue(listener)}.`;
  throw new LiveswapError('OPTION_INVALID', message, { event });
}

export const isCount = (least: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= least;
export const isLimit = (value: unknown): boolean => value === Infinity || isCount(1)(value);
export const isDuration = (value: unknown): boolean => typeof value === 'number' && value >= 0;
export const isFunction = (value: unknown): boolean => typeof value === 'function';
export { isObject } from './is-object.js';
export const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
export const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
export const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
export const areStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

export const list: Check = ['a list', Array.isArray];
export const duration: Check = ['a number of milliseconds, 0 or more', isDuration];
