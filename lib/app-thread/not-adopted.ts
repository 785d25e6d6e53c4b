import { boundHost } from '../plugin/host-binding.js';

/** What the app has been refused, in words; each is told once. */
const refusals = new Set<string>();
let isUp = false;

/**
 * Returns the error for something that an app may not open, with its name and what to do instead. If the app comes up all the
 * same, a warning tells of it: libraries give such an error to a call-back, and not every call-back looks at it.
 */
export function notAdopted(what: string, remedy = 'listen on a port or a path'): TypeError {
  const text = `liveswap does not take over ${what} yet: ${remedy}, or run this server without liveswap.`;
  if (isUp && !refusals.has(text)) boundHost().log.warn({}, text);
  refusals.add(text);
  return new TypeError(text);
}

/** Warns of what an app that is up has been refused, and of what it is refused from now on. */
export function warnOfRefusals(): void {
  isUp = true;
  for (const text of refusals) boundHost().log.warn({}, text);
}
