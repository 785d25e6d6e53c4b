import type { LiveswapError } from '../core/errors.js';
import { EventChannel } from './event-channel.js';
import type { HandOverCost } from './stats.js';

/** What happens in a swapper. `version` is eight hexadecimal digits of an artifact's hash. */
export type SwapEvent =
  | {
      readonly type: 'version';
      readonly plugin: string;
      readonly version: string;
      readonly state: string;
      readonly previous: string;
    }
  | {
      readonly type: 'threadCrashed';
      readonly plugin: string;
      readonly version: string;
      readonly thread: number;
      readonly error: LiveswapError;
    }
  /** A call-back was called and rejected, and whoever called it did not wait for it: a plugin, or the host one of a plugin's. */
  | {
      readonly type: 'callbackRejected';
      readonly plugin: string;
      readonly version: string;
      readonly thread: number;
      /** The call that it was an argument of. */
      readonly call: string;
      /** Its name, or its place among the arguments. */
      readonly callback: string;
      readonly error: unknown;
    }
  | {
      readonly type: 'threadReplaced';
      readonly plugin: string;
      readonly version: string;
      readonly thread: number;
      readonly reason: 'crashed' | 'abandoned' | 'recycled';
    }
  | {
      readonly type: 'threadLingers';
      readonly plugin: string;
      readonly version: string;
      readonly thread: number;
      /** Milliseconds since it was told to end. */
      readonly ms: number;
    }
  | { readonly type: 'reloadStarted'; readonly reason: 'load' | 'reload' | 'rollback' }
  | {
      readonly type: 'reloaded';
      readonly reason: 'load' | 'reload' | 'rollback';
      readonly generation: number;
      readonly details: Readonly<Record<string, string>>;
      readonly ms: ChangeTimes;
    }
  | {
      readonly type: 'reloadFailed';
      readonly reason: 'load' | 'reload' | 'rollback';
      readonly error: LiveswapError;
    }
  /** A reload changes what is used, and is let through: for a reason that it gives, or because only a call is known of. */
  | { readonly type: 'contractChanged'; readonly message: string }
  /** `onFree` failed. */
  | { readonly type: 'hookFailed'; readonly error: LiveswapError }
  /** The threads of a version died too often: it is given up. */
  | {
      readonly type: 'versionFailed';
      readonly plugin: string;
      readonly version: string;
      readonly error: LiveswapError;
    }
  /** A version that was to leave could not be brought to its end as usual. */
  | {
      readonly type: 'drainFailed';
      readonly plugin: string;
      readonly version: string;
      readonly error: LiveswapError;
    }
  | {
      readonly type: 'output';
      readonly plugin: string;
      readonly version: string;
      readonly thread: number;
      readonly stream: 'stdout' | 'stderr';
      readonly text: string;
    }
  | {
      /** Exclusive work of a plugin changed hands. */
      readonly type: 'handedOver';
      readonly plugin: string;
      readonly version: string;
      /** The version that took over; `undefined` when the plugin left. */
      readonly successor: string | undefined;
      /** Kept objects that moved. */
      readonly objects: number;
      readonly ms: HandOverCost;
    }
  | {
      /** Something in kept state could not move in the rehearsal; a call that was open may still have removed it. */
      readonly type: 'keptWarning';
      readonly plugin: string;
      readonly version: string;
      readonly warning: string;
    }
  | {
      /** A version that has to go on, because the next one was refused, could not become active again. */
      readonly type: 'activeFailed';
      readonly plugin: string;
      readonly version: string;
      readonly error: LiveswapError;
      readonly retryInMs: number;
    }
  | {
      readonly type: 'everyFailed';
      readonly plugin: string;
      readonly version: string;
      readonly thread: number;
      readonly error: LiveswapError;
    }
  | { readonly type: 'closed' };

/** How long a change of generation took, in milliseconds. */
export interface ChangeTimes {
  /** All of it, from its turn in the queue on. */
  readonly total: number;
  /** Starting the new versions. */
  readonly start: number;
  /** Waiting for `onReload`. */
  readonly onReload: number;
  /** Handing exclusive work over. */
  readonly handOver: number;
  /** Making the new generation current. */
  readonly switch: number;
}

/** What travels on the diagnostics channel: the event, and whose it is. */
export interface SwapMessage {
  readonly swapper: object;
  readonly event: SwapEvent;
}

const events = new EventChannel<SwapEvent, SwapMessage>('liveswap', ({ swapper }) => swapper);

/** The one source of what happens; loggers, statistics and `NODE_DEBUG` subscribe. */
export const swapChannel = events.channel;

/** Calls `listener`, which does not throw, with every event of `swapper`, until the returned function is called. */
export function subscribe(swapper: object, listener: (event: SwapEvent) => void): () => void {
  return events.subscribe(swapper, listener);
}

/** Nothing happens in `swapper` any more: nobody listens to it any longer. */
export function forget(swapper: object): void {
  events.forget(swapper);
}

/** A function that publishes the events of `swapper`. */
export function createEmitter(swapper: object): (event: SwapEvent) => void {
  return (event) => events.publish({ swapper, event });
}

/** Every type of event there is. */
export const swapEventTypes = Object.keys({
  version: true,
  threadCrashed: true,
  threadReplaced: true,
  threadLingers: true,
  callbackRejected: true,
  reloadStarted: true,
  reloaded: true,
  reloadFailed: true,
  contractChanged: true,
  hookFailed: true,
  versionFailed: true,
  drainFailed: true,
  handedOver: true,
  keptWarning: true,
  activeFailed: true,
  everyFailed: true,
  output: true,
  closed: true,
} satisfies Record<SwapEvent['type'], true>);
