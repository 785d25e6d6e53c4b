import { subscribe } from './events.js';
import type { HandOverCost } from './stats.js';

/** Counts what went wrong in a swapper, and notes what its latest hand-overs cost. */
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

  /** Threads that were replaced because they held calls whose callers had given up. */
  get abandoned(): number {
    return this.#abandoned;
  }

  get recycled(): number {
    return this.#recycled;
  }

  /** By plugin. */
  get handOvers(): ReadonlyMap<string, HandOverCost> {
    return this.#handOvers;
  }
}
