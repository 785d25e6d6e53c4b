import type { Logger } from '../core/logger.js';
import { EventCounts } from '../observe/event-counts.js';
import { createEmitter, forget, subscribe, swapEventTypes, type SwapEvent } from '../observe/events.js';
import { listen } from '../observe/listen.js';
import { createLogger, logEvents } from '../observe/log.js';
import { PluginTotals } from '../observe/plugin-totals.js';
import type { SwapperStats } from '../observe/stats.js';
import type { Version } from '../version/version.js';
import { collectPlugins } from './collect-stats.js';
import type { Generation } from './generation.js';

/** Sources of the statistics besides the counters. */
export interface Observed {
  readonly current: Generation | undefined;
  readonly reloads: number;
  readonly alive: Iterable<Version>;
  readonly standbyThreads: number;
  readonly holdersOf: (version: Version) => Iterable<object>;
}

/** Reports the activity of a swapper: events, log, counters. */
export class SwapObserver {
  readonly emit: (event: SwapEvent) => void;
  readonly logger: Logger;
  readonly totals = new PluginTotals();
  readonly #swapper: object;
  readonly #counts: EventCounts;

  constructor(swapper: object, logger: Logger | undefined) {
    this.#swapper = swapper;
    this.emit = createEmitter(swapper);
    this.logger = createLogger(logger);
    this.#counts = new EventCounts(swapper);
    logEvents(swapper, this.logger, logger !== undefined);
  }

  /**
   * Calls `listener` with every event of one type, until the returned function or {@link stop} is called. An error it throws is
   * logged once and has no other effect.
   * @throws LiveswapError `OPTION_INVALID` when there is no such event
   */
  on<Type extends SwapEvent['type']>(
    type: Type,
    listener: (event: Extract<SwapEvent, { type: Type }>) => unknown,
  ): () => void {
    const subscribeToSwap = (tell: (event: SwapEvent) => void) => subscribe(this.#swapper, tell);
    return listen({ types: swapEventTypes, logger: this.logger, subscribe: subscribeToSwap }, type, listener);
  }

  stats({ current, reloads, alive, standbyThreads, holdersOf }: Observed): SwapperStats {
    const versions = [...alive];
    return {
      generation: current?.id,
      reloads,
      failedChanges: this.#counts.failedChanges,
      crashes: this.#counts.crashes,
      abandoned: this.#counts.abandoned,
      recycled: this.#counts.recycled,
      standbyThreads,
      plugins: collectPlugins(this.totals.with(versions), this.#counts.handOvers, versions, holdersOf),
    };
  }

  /** Ends all reporting. */
  stop(): void {
    forget(this.#swapper);
  }
}
