import { LiveswapError, messageOf } from '../core/errors.js';
import type { Call } from '../dispatch/call.js';
import type { SwapEvent } from '../observe/events.js';
import type { Version } from '../version/version.js';
import type { PreparedChange } from './change.js';
import type { Generation } from './generation.js';
import type { History } from './history.js';
import { Retainers } from './retainers.js';

/** Where a timeline sends what it is left with. */
export interface TimelineOutlets {
  /** Sends a call that waited for an older version to the newest. */
  readonly redispatch: (call: Call) => void;
  readonly emit: (event: SwapEvent) => void;
}

/** Generations one after the other: the current one, those before it, and the versions that each of them holds. */
export class Timeline {
  readonly #history: History;
  readonly #outlets: TimelineOutlets;
  readonly #retainers: Retainers<Version>;
  #current: Generation | undefined;

  constructor(history: History, outlets: TimelineOutlets) {
    this.#history = history;
    this.#outlets = outlets;
    this.#retainers = new Retainers((version) => this.#retire(version));
  }

  get current(): Generation | undefined {
    return this.#current;
  }

  /** The id of the generation that comes after the current one. */
  get nextId(): number {
    return (this.#current?.id ?? 0) + 1;
  }

  /** Makes a generation current. Everything here happens between two events: no call sees half of it. */
  switchTo({ generation, commit }: PreparedChange, data: unknown, direction: 'forward' | 'back'): void {
    const previous = this.#current;
    this.#current = generation;
    commit();
    if (direction === 'back') this.#history.dropLatest();
    else if (previous) this.#history.add(previous);
    this.#history.remember(generation, data);
    this.hold(generation, generation);
    if (!previous) return;
    const kept = new Set(generation.versions);
    for (const version of previous.versions) {
      if (!kept.has(version)) version.lanes.handOver(this.#outlets.redispatch);
    }
    this.release(previous, previous);
  }

  /** The generations and pins that hold a version. */
  holdersOf(version: Version): Iterable<object> {
    return this.#retainers.holdersOf(version);
  }

  /** Keeps the versions of a generation alive until `holder` releases them. */
  hold(generation: Generation, holder: object): void {
    for (const version of generation.versions) this.#retainers.hold(version, holder);
  }

  /** Idempotent. */
  release(generation: Generation, holder: object): void {
    for (const version of generation.versions) this.#retainers.release(version, holder);
  }

  /** No generation and no pin holds the version any more. */
  #retire(version: Version): void {
    const { redispatch, emit } = this.#outlets;
    version.drain({ newest: redispatch }).catch((cause: unknown) => {
      const error =
        cause instanceof LiveswapError ? cause : new LiveswapError('INTERNAL', messageOf(cause), { cause });
      emit({ type: 'drainFailed', plugin: version.plugin, version: version.id, error });
    });
  }
}
