import type { Swapper } from '../../lib/index.js';
import { subscribe, type SwapEvent } from '../../lib/observe/events.js';
import type { Answer } from './edition.js';

/** The editions that one generation runs, by plugin. */
export type Editions = Readonly<Record<string, number>>;

/** The moment at which a call was made. */
export interface Moment {
  /** Index of the newest generation then. */
  readonly generation: number;
  /** Position among the events. */
  readonly at: number;
}

interface Lives {
  /** Versions with this hash that are up. */
  up: number;
  /** Versions that never came up. */
  stillborn: number;
  upAt: number;
  goneAt: number;
}

/** Versions that were current or retired, according to the swapper's events: answers are checked against them. */
export class History {
  /** Editions by hash of the artifact's bytes. */
  readonly #editionOf = new Map<string, number>();
  readonly #generations: Editions[] = [];
  readonly #lives = new Map<string, Lives>();
  readonly #unsubscribe: () => void;
  #at = 0;
  #crashes = 0;
  #recycled = 0;
  #failures = 0;
  #rollbacks = 0;

  constructor(swapper: Swapper) {
    this.#unsubscribe = subscribe(swapper, (event) => this.#note(event, swapper));
  }

  get crashes(): number {
    return this.#crashes;
  }

  /** Number of threads that were renewed by `recycle`. */
  get recycled(): number {
    return this.#recycled;
  }

  /** Versions that were given up. */
  get failures(): number {
    return this.#failures;
  }

  get generations(): number {
    return this.#generations.length;
  }

  get rollbacks(): number {
    return this.#rollbacks;
  }

  /** Remembers which edition an artifact is, before anything can run it. */
  declare(hash: string, edition: number): void {
    this.#editionOf.set(hash, edition);
  }

  now(): Moment {
    return { generation: this.#generations.length - 1, at: this.#at };
  }

  /** Returns why `answer` may not have been given to a call made at `made`; `undefined` when it may. */
  objection(answer: Answer, made: Moment, pinned?: Editions): string | undefined {
    const allowed = pinned ? [pinned] : this.#generations.slice(made.generation);
    const by = Object.entries(answer.by);
    const fits = allowed.some((editions) => by.every(([plugin, edition]) => editions[plugin] === edition));
    if (!fits) return `${JSON.stringify(answer)} is of none of ${JSON.stringify(allowed)}`;
    const lives = this.#lives.get(answer.version);
    if (lives && lives.up === 0 && lives.goneAt < made.at && lives.upAt < lives.goneAt)
      return `${answer.version} had retired before it was called`;
    return undefined;
  }

  /** Returns the editions of a generation. */
  editionsOf(plugins: readonly { readonly name: string; readonly hash: string }[]): Editions {
    return Object.fromEntries(plugins.map(({ name, hash }) => [name, this.#editionOf.get(hash) ?? -1]));
  }

  close(): void {
    this.#unsubscribe();
  }

  #note(event: SwapEvent, swapper: Swapper): void {
    this.#at++;
    if (event.type === 'reloaded') {
      this.#generations.push(this.editionsOf(swapper.current.plugins));
      if (event.reason === 'rollback') this.#rollbacks++;
    }
    if (event.type === 'threadCrashed') this.#crashes++;
    if (event.type === 'threadReplaced' && event.reason === 'recycled') this.#recycled++;
    if (event.type === 'version') this.#noteLife(event.version, event.state, event.previous);
  }

  #noteLife(version: string, state: string, previous: string): void {
    const lives = this.#lives.get(version) ?? { up: 0, stillborn: 0, upAt: -1, goneAt: -1 };
    this.#lives.set(version, lives);
    if (state === 'ready') {
      lives.up++;
      lives.upAt = this.#at;
    } else if (state === 'failed') {
      if (previous === 'starting') lives.stillborn++;
      if (previous === 'active') this.#failures++;
    } else if (state === 'retired') {
      if (lives.stillborn > 0) lives.stillborn--;
      else if (--lives.up === 0) lives.goneAt = this.#at;
    }
  }
}
