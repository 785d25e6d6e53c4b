import { subscribe } from './events.js';

/** Counts what went wrong in a swapper. */
export class EventCounts {
  #failedChanges = 0;
  #crashes = 0;

  constructor(swapper: object) {
    subscribe(swapper, ({ type }) => {
      if (type === 'reloadFailed') this.#failedChanges++;
      if (type === 'threadCrashed') this.#crashes++;
    });
  }

  get failedChanges(): number {
    return this.#failedChanges;
  }

  get crashes(): number {
    return this.#crashes;
  }
}
