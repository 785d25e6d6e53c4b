import { debuglog } from 'node:util';
import type { PluginReport } from '../compiler/index.js';
import type { LiveswapError } from '../core/errors.js';
import { EventChannel } from '../observe/event-channel.js';
import type { Details } from '../swap/details.js';

/** An event while sources are watched. Times are in milliseconds. */
export type WatchEvent =
  /** Files were changed, added or deleted: absolute paths. */
  | { readonly type: 'saved'; readonly files: readonly string[] }
  /**
   * Sources were built: a report for each plugin that was built or refused, or whose new artifact another build had written before,
   * and the names of removed plugins.
   */
  | {
      readonly type: 'built';
      readonly reports: readonly PluginReport[];
      readonly removed: readonly string[];
      readonly ms: number;
    }
  /** The built artifacts are current. `total` is from the first sign of the save. */
  | {
      readonly type: 'live';
      readonly details: Details;
      readonly ms: { readonly total: number; readonly build: number; readonly swap: number };
    }
  /** With `swapBeforeCheck`, after `live`: types and rules were checked; a report for each plugin that has findings. */
  | { readonly type: 'judged'; readonly reports: readonly PluginReport[]; readonly ms: number }
  /** Building, loading or watching failed; the code that ran before runs on. */
  | { readonly type: 'failed'; readonly error: LiveswapError }
  | { readonly type: 'closed' };

/** A message on the diagnostics channel: the event, its watcher and the swapper. */
export interface WatchMessage {
  /** The watcher in which the event happened. */
  readonly watcher: object;
  /** The swapper that the watcher keeps in step. */
  readonly swapper: object;
  /** The event, as its listeners receive it. */
  readonly event: WatchEvent;
}

const events = new EventChannel<WatchEvent, WatchMessage>('liveswap:watch', ({ watcher }) => watcher);

/** The channel of all watcher events. */
export const watchChannel = events.channel;

/** Every type of event there is. */
export const watchEventTypes = Object.keys({
  saved: true,
  built: true,
  live: true,
  judged: true,
  failed: true,
  closed: true,
} satisfies Record<WatchEvent['type'], true>);

/** Prints every event under `NODE_DEBUG=liveswap`. */
const debug = debuglog('liveswap');

/** Publishes an event of a watcher. */
export function publishWatchEvent(message: WatchMessage): void {
  const { event } = message;
  debug('%o', event.type === 'built' ? { ...event, reports: event.reports.map(outline) } : event);
  events.publish(message);
}

/** Calls `listener`, which must not throw, with every event of `watcher`, until the returned function is called. */
export function subscribeToWatch(watcher: object, listener: (event: WatchEvent) => void): () => void {
  return events.subscribe(watcher, listener);
}

function outline({ name, state, times }: PluginReport): object {
  return { name, state, times };
}
