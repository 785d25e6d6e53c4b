import type { LiveswapError } from '../core/errors.js';
import { EventChannel } from './event-channel.js';
import type { HandOverCost } from './stats.js';

/** An event in a swapper. `version` is eight hexadecimal digits of an artifact's hash. */
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
  /** A callback rejected, and its caller did not wait for it: a plugin, or the host for a callback of a plugin. */
  | {
      readonly type: 'callbackRejected';
      readonly plugin: string;
      readonly version: string;
      readonly thread: number;
      /** The call that passed the callback as an argument. */
      readonly call: string;
      /** Name of the call-back, or its position among the arguments. */
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
      /** Milliseconds since the thread was told to end. */
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
  /**
   * A reload changes something that is used, but is allowed, because it gives a reason or because nothing but a call is known.
   */
  | { readonly type: 'contractChanged'; readonly message: string }
  /** `onFree` failed. */
  | { readonly type: 'hookFailed'; readonly error: LiveswapError }
  /** The threads of a version died too often, and it was given up. */
  | {
      readonly type: 'versionFailed';
      readonly plugin: string;
      readonly version: string;
      readonly error: LiveswapError;
    }
  /** A version that was leaving could not be ended normally. */
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
      /** Exclusive work of a plugin was handed over. */
      readonly type: 'handedOver';
      readonly plugin: string;
      readonly version: string;
      /** The version that took over; `undefined` when the plugin left. */
      readonly successor: string | undefined;
      /** Number of kept objects that moved. */
      readonly objects: number;
      readonly ms: HandOverCost;
    }
  | {
      /** Some kept state could not move in the rehearsal; a call that was open may still have removed it. */
      readonly type: 'keptWarning';
      readonly plugin: string;
      readonly version: string;
      readonly warning: string;
    }
  | {
      /** A version that must continue, because the next one was refused, could not become active again. */
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

/** Duration of a change of generation, in milliseconds. */
export interface ChangeTimes {
  /** Total, from its turn in the queue on. */
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

/** Message on the diagnostics channel: the event, and its swapper. */
export interface SwapMessage {
  /** The swapper in which the event happened. */
  readonly swapper: object;
  /** The event, as its listeners receive it. */
  readonly event: SwapEvent;
}

const events = new EventChannel<SwapEvent, SwapMessage>('liveswap', ({ swapper }) => swapper);

/** The single source of events; loggers, statistics and `NODE_DEBUG` subscribe to it. */
export const swapChannel = events.channel;

/** Calls `listener`, which must not throw, with every event of `swapper`, until the returned function is called. */
export function subscribe(swapper: object, listener: (event: SwapEvent) => void): () => void {
  return events.subscribe(swapper, listener);
}

/** Removes all listeners of `swapper`, which has no further events. */
export function forget(swapper: object): void {
  events.forget(swapper);
}

/** Returns a function that publishes the events of `swapper`. */
export function createEmitter(swapper: object): (event: SwapEvent) => void {
  return (event) => events.publish({ swapper, event });
}

/** All types of events. */
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
