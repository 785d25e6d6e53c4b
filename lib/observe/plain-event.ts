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
  const [broken] = [error, error.cause].filter((one) => isLiveswapError(one, 'CONTRACT_BROKEN'));
  return { code, message: error.message, ...(broken && { breaks: broken.breaks }) };
}
