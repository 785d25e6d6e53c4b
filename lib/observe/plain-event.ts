import type { SwapEvent } from './events.js';

/** Converts an event for JSON: an error becomes its code and message. */
export function plainEvent(event: SwapEvent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Error ? { code: (value as { code?: string }).code, message: value.message } : value,
    ]),
  );
}
