import { subscribe } from './events.js';

/** Counts what went wrong in a swapper. */
export class EventCounts {
  #failedChanges = 0;
  #crashes = 0;
  #abandoned = 0;
  #recycled = 0;

  constructor(swapper: object) {
    subscribe(swapper, (event) => {
      if (event.type === 'reloadFailed') this.#failedChanges++;
      if (event.type === 'threadCrashed') this.#crashes++;
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
}
