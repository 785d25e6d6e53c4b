import { LiveswapError } from './errors.js';
import { shownValue } from './shown-value.js';

/**
 * Checks the name of a function, which code without types may get wrong. One that cannot be cloned must not reach a link: it
 * would end the thread, together with the calls that share its message.
 *
 * @throws LiveswapError `FUNCTION_UNKNOWN` when it is no string
 */
export function checkName(name: unknown): void {
  if (typeof name === 'string') return;
  const call = shownValue(name);
  throw new LiveswapError('FUNCTION_UNKNOWN', `The name of a function must be a string; it is ${call}.`, {
    call,
  });
}
