import { subscribe } from './events.js';
import type { HandOverCost } from './stats.js';

/** Counts failures in a swapper, and records the cost of its latest hand-overs. */
export class EventCounts {
  #failedChanges = 0;
  #crashes = 0;
  #abandoned = 0;
  #recycled = 0;
  readonly #handOvers = new Map<string, HandOverCost>();

  constructor(swapper: object) {
    subscribe(swapper, (event) => {
      if (event.type === 'reloadFailed') this.#failedChanges++;
      if (event.type === 'threadCrashed') this.#crashes++;
      if (event.type === 'handedOver') this.#handOvers.set(event.plugin, event.ms);
      if (event.type !== 'threadReplaced') return;
      if (event.reason === 'abandoned') this.#abandoned++;
      if (event.reason === 'recycled') this.#recycled++;
    });
  }

  get failedChanges(): number {
    return this.#failedChanges;
  }

  get crashes(): number {
    return this.#crashes;
  }

  /** Number of threads that were replaced because they held calls whose callers had given up. */
  get abandoned(): number {
    return this.#abandoned;
  }

  get recycled(): number {
    return this.#recycled;
  }

  /** Latest hand-over costs, by plugin. */
  get handOvers(): ReadonlyMap<string, HandOverCost> {
    return this.#handOvers;
  }
}
