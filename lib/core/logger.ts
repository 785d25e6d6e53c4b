import { isFunction, isObject, type Check } from './check-options.js';

/** A logger in the shape of pino: an object of facts first, then the message. */
export interface Logger {
  /** Each step. */
  debug(facts: object, message?: string): void;
  /** Ordinary events, and output of plugins. */
  info(facts: object, message?: string): void;
  /** Events that may need attention. */
  warn(facts: object, message?: string): void;
  /** Failures. */
  error(facts: object, message?: string): void;
}

export const loggerCheck: Check = [
  'an object with debug, info, warn and error',
  (value) =>
    isObject(value) &&
    ['debug', 'info', 'warn', 'error'].every((level) =>
      isFunction((value as Partial<Logger>)[level as keyof Logger]),
    ),
];
