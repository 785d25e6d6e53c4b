import { isLiveswapError } from '../core/errors.js';
import type { SwapEvent } from './events.js';

/** Converts an event for JSON: an error becomes its code, its message, and the `breaks` of a refused release. */
export function plainEvent(event: SwapEvent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Error ? plainError(value) : value,
    ]),
  );
}

function plainError(error: Error): object {
  const { code } = error as { readonly code?: string };
  const breaks = breaksIn(error);
  return { code, message: error.message, ...(breaks && { breaks }) };
}

/** Returns the breaks of an error or of one of its causes. */
function breaksIn(error: unknown): readonly object[] | undefined {
  if (isLiveswapError(error, 'CONTRACT_BROKEN')) return error.breaks;
  return isLiveswapError(error) ? breaksIn(error.cause) : undefined;
}
