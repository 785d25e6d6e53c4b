import { LiveswapError } from '../core/errors.js';

/** Returns the error for what plugins that are linked statically cannot do. */
export function staticLinking(what: string): LiveswapError {
  return new LiveswapError(
    'STATIC_LINKING',
    `Cannot ${what}: the plugins are linked statically; start without the static option to swap code.`,
  );
}
