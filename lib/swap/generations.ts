import { LiveswapError, messageOf } from '../core/errors.js';
import { Dispatcher, type RouteTable } from '../dispatch/dispatcher.js';
import type { SwapEvent } from '../observe/events.js';
import type { Version } from '../version/version.js';
import { CallTakeover } from './call-takeover.js';
import { DrainingCallers } from './draining-callers.js';
import type { Generation } from './generation.js';
import { History } from './history.js';
import { differ, type Release } from './release.js';
import { Retainers } from './retainers.js';

/** A generation that is up and can become the current one. */
export interface Successor {
  readonly generation: Generation;
  readonly release: Release;
  /** Its versions take calls from everywhere, and what its hooks wrote counts. */
  activate(direction: 'forward' | 'back'): void;
}

/** Which generation is current, which releases a rollback reaches, and what holds each version: they change together. */
export class Generations {
  /** Sends calls to the current generation. */
  readonly dispatcher = new Dispatcher(() => this.#current);
  readonly history: History;
  readonly #emit: (event: SwapEvent) => void;
  readonly #retainers = new Retainers<Version>((version) => this.#retire(version));
  /** The generations that somebody holds, by id, and who. */
  readonly #held = new Map<number, { readonly generation: Generation; readonly holders: Set<object> }>();
  readonly #draining = new Set<Version>();
  readonly #callers = new DrainingCallers(this.#retainers);
  #current: Generation | undefined;
  #release: Release | undefined;

  /** `keep` is how many releases before the current one are kept. */
  constructor(keep: number, emit: (event: SwapEvent) => void) {
    this.history = new History(keep);
    this.#emit = emit;
  }

  get current(): Generation | undefined {
    return this.#current;
  }

  /** What the current generation is made of. */
  get release(): Release | undefined {
    return this.#release;
  }

  /** The id of the generation that comes after the current one. */
  get nextId(): number {
    return (this.#current?.id ?? 0) + 1;
  }

  /**
   * Makes a generation current: the next one, or one that goes back to a release of the history. All of it happens between two
   * events, so that no call sees half of it.
   */
  assign(next: Successor, backTo?: Release): void {
    const previous = this.#current;
    const replaced = this.#release;
    this.#current = next.generation;
    this.#release = next.release;
    next.activate(backTo ? 'back' : 'forward');
    if (backTo) this.history.dropFrom(backTo);
    // A needless reload takes nobody's way back.
    else if (replaced && differ(replaced, next.release)) this.history.add(replaced);
    this.hold(next.generation, next.generation);
    if (!previous) return;
    this.#replace(previous, next.generation);
    this.letGo(previous, previous);
  }

  /** The generations and pins that hold a version. */
  holdersOf(version: Version): Iterable<object> {
    return this.#retainers.holdersOf(version);
  }

  /** The generation with this id, while somebody holds it. */
  find(id: number): Generation | undefined {
    return this.#held.get(id)?.generation;
  }

  /** Keeps the versions of a generation alive until `holder` lets it go. */
  hold(generation: Generation, holder: object): void {
    const { holders } = this.#held.get(generation.id) ?? { holders: new Set() };
    this.#held.set(generation.id, { generation, holders: holders.add(holder) });
    for (const version of generation.versions) this.#retainers.hold(version, holder);
  }

  /** Idempotent. */
  letGo(generation: Generation, holder: object): void {
    const holders = this.#held.get(generation.id)?.holders;
    if (holders?.delete(holder) && holders.size === 0) this.#held.delete(generation.id);
    for (const version of generation.versions) this.#retainers.release(version, holder);
  }

  /** The versions that have left the current generation and are up, in the order in which they left. */
  get draining(): ReadonlySet<Version> {
    return this.#draining;
  }

  /** Ends a version that has left, whoever holds it: what is pending rejects with `error`. */
  cut(version: Version, error: LiveswapError): void {
    this.#retainers.drop(version);
    version.cut(error);
  }

  /** Where a version has to look for a live name, if not in the current generation. */
  tableFor(caller: Version, name: string): RouteTable | undefined {
    return this.#callers.tableFor(caller, name);
  }

  /** What waits for versions that are replaced goes to those that replace them, where these can take it. */
  #replace(previous: Generation, next: Generation): void {
    const takeover = new CallTakeover(previous, next);
    const stays = new Set(next.versions);
    for (const version of previous.versions) {
      if (stays.has(version)) continue;
      this.#draining.add(version);
      void version.retired.then(() => this.#draining.delete(version));
      takeover.pinTo(version);
      version.balancer.handOver(this.dispatcher.redispatch);
    }
    this.#callers.onReplaced(previous, this.#draining, takeover);
  }

  /** No generation and no pin holds the version any more. */
  #retire(version: Version): void {
    const { plugin, id } = version;
    version.drain({ newest: this.dispatcher.redispatch }).catch((cause: unknown) => {
      const error =
        cause instanceof LiveswapError ? cause : new LiveswapError('INTERNAL', messageOf(cause), { cause });
      this.#emit({ type: 'drainFailed', plugin, version: id, error });
    });
  }
}
