import { checkListener } from '../core/check-options.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { guarded, once } from './guarded.js';

/** A source of events. */
export interface EventSource<Event extends { readonly type: string }> {
  /** Every type of event there is. */
  readonly types: readonly string[];
  readonly logger: Pick<Logger, 'error'>;
  /** Calls `tell` with every event, until the returned function is called. */
  readonly subscribe: (tell: (event: Event) => void) => () => void;
}

/**
 * Calls `listener` with every event of one type, until the returned function is called. An error it throws is logged once and has
 * no other effect.
 * @throws LiveswapError `OPTION_INVALID` when there is no such event, or the listener is no function
 */
export function listen<Event extends { readonly type: string }, Type extends Event['type']>(
  { types, logger, subscribe }: EventSource<Event>,
  type: Type,
  listener: (event: Extract<Event, { readonly type: Type }>) => unknown,
): () => void {
  checkListener(type, listener, types);
  const tell = guarded(
    listener,
    once((error) => {
      logger.error({ event: type, err: error }, `A listener of ${type} threw: ${messageOf(error)}`);
    }),
  );
  return subscribe((event) => {
    if (event.type === type) tell(event as Extract<Event, { readonly type: Type }>);
  });
}
