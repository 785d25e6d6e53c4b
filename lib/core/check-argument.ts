import type { Check } from './check-options.js';
import { LiveswapError } from './errors.js';
import { shownValue } from './shown-value.js';

/** Checks an argument, which code without types may get wrong. @throws LiveswapError `OPTION_INVALID` naming it as the option */
export function checkArgument(name: string, value: unknown, [what, holds]: Check): void {
  if (holds(value)) return;
  const message = `The argument ${name} must be ${what}; it is ${shownValue(value)}.`;
  throw new LiveswapError('OPTION_INVALID', message, { option: name });
}
