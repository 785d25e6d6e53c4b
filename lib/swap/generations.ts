import { LiveswapError, messageOf } from '../core/errors.js';
import { Dispatcher, type RouteTable } from '../dispatch/dispatcher.js';
import type { SwapEvent } from '../observe/events.js';
import type { Version } from '../version/version.js';
import { Baselines, factsOf } from './baselines.js';
import { CallTakeovers, UnansweredCalls } from './call-takeovers.js';
import { DrainingCallers } from './draining-callers.js';
import type { Generation } from './generation.js';
import { History } from './history.js';
import { differ, type Release } from './release.js';
import { Retainers } from './retainers.js';

/** A generation that has started and can become the current one. */
export interface Successor {
  readonly generation: Generation;
  readonly release: Release;
  /** Lets its versions take calls from everywhere, and commits the writes of its hooks. */
  activate(direction: 'forward' | 'back'): void;
}

/**
 * Holds the current generation, the releases that a rollback can reach, and the holders of each version, which all change
 * together.
 */
export class Generations {
  /** Sends calls to the current generation. */
  readonly dispatcher = new Dispatcher(() => this.#current);
  readonly history: History;
  readonly #emit: (event: SwapEvent) => void;
  readonly #retainers = new Retainers<Version>((version) => this.#retire(version));
  /** Held generations by id, with their holders. */
  readonly #held = new Map<number, { readonly generation: Generation; readonly holders: Set<object> }>();
  readonly #draining = new Set<Version>();
  readonly #callers = new DrainingCallers(this.#retainers);
  readonly #calls = new UnansweredCalls();
  /** The releases that the code which runs was checked against. */
  readonly baselines = new Baselines();
  /** What was compared ahead of the switch to a generation, which may yet be refused. */
  readonly #foreseen = new WeakMap<Generation, CallTakeovers>();
  #current: Generation | undefined;
  #release: Release | undefined;

  /** `keep` is the number of releases before the current one that are kept. */
  constructor(keep: number, emit: (event: SwapEvent) => void) {
    this.history = new History(keep);
    this.#emit = emit;
  }

  get current(): Generation | undefined {
    return this.#current;
  }

  /** The release that the current generation was made from. */
  get release(): Release | undefined {
    return this.#release;
  }

  /** The id of the next generation. */
  get nextId(): number {
    return (this.#current?.id ?? 0) + 1;
  }

  /** Compares the releases of versions that leave with that of `next` ahead of the switch, which calls wait for. */
  foresee(next: Generation): void {
    const takeovers = new CallTakeovers(factsOf(next));
    const stays = new Set(next.versions);
    const replaced = (this.#current?.versions ?? []).filter((version) => !stays.has(version));
    const made = [...replaced, ...this.#draining].map(({ artifact }) => this.baselines.of(artifact));
    for (const facts of [...made, this.baselines.current]) if (facts) takeovers.lostSince(facts);
    this.#foreseen.set(next, takeovers);
  }

  /**
   * Makes a generation current: the next one, or one that goes back to a release of the history. It runs synchronously, so no
   * call sees an intermediate state.
   */
  assign(next: Successor, backTo?: Release): void {
    const previous = this.#current;
    const replaced = this.#release;
    this.#current = next.generation;
    this.#release = next.release;
    // Listeners of the events that follow may pin the generation and release it: they must not be its only holders.
    this.hold(next.generation, next.generation);
    next.activate(backTo ? 'back' : 'forward');
    if (backTo) this.history.dropFrom(backTo);
    // A reload that changed nothing must not displace a release from the history.
    else if (replaced && differ(replaced, next.release)) this.history.add(replaced);
    if (previous) this.#replace(previous, next.generation);
    this.baselines.note(next.generation, this.#draining);
    if (previous) this.letGo(previous, previous);
  }

  /** Returns true while a version is current and there is a release without its bytes to go back to. */
  canLeave(version: Version): boolean {
    const isCurrent = this.#current?.versions.includes(version) ?? false;
    return isCurrent && this.history.latestWithout(version) !== undefined;
  }

  /** Returns the generations and pins that hold a version. */
  holdersOf(version: Version): Iterable<object> {
    return this.#retainers.holdersOf(version);
  }

  /** Returns the generation with this id while somebody holds it. */
  find(id: number): Generation | undefined {
    return this.#held.get(id)?.generation;
  }

  /** Keeps the versions of a generation alive until `holder` lets it go. */
  hold(generation: Generation, holder: object): void {
    const { holders } = this.#held.get(generation.id) ?? { holders: new Set() };
    this.#held.set(generation.id, { generation, holders: holders.add(holder) });
    for (const version of generation.versions) this.#retainers.hold(version, holder);
  }

  /** Releases the hold of `holder` on a generation. Idempotent. */
  letGo(generation: Generation, holder: object): void {
    const holders = this.#held.get(generation.id)?.holders;
    if (holders?.delete(holder) && holders.size === 0) this.#held.delete(generation.id);
    for (const version of generation.versions) this.#retainers.release(version, holder);
  }

  /** Running versions that have left the current generation, in the order in which they left. */
  get draining(): ReadonlySet<Version> {
    return this.#draining;
  }

  /** Ends a version that has left, whoever holds it: pending calls reject with `error`. */
  cut(version: Version, error: LiveswapError): void {
    this.#retainers.drop(version);
    version.shutdown.cut(error);
  }

  /** Returns the table in which a version must look up a live name, if that is not the current generation's. */
  tableFor(caller: Version, name: string): RouteTable | undefined {
    return this.#callers.tableFor(caller, name);
  }

  /** Moves calls that wait for replaced versions to their replacements, where these can take them. */
  #replace(previous: Generation, next: Generation): void {
    const takeovers = this.#foreseen.get(next) ?? new CallTakeovers(factsOf(next));
    this.#foreseen.delete(next);
    const before = this.baselines.current ?? factsOf(previous);
    const stays = new Set(next.versions);
    for (const version of previous.versions) {
      if (stays.has(version)) continue;
      this.#draining.add(version);
      void version.retired.then(() => this.#draining.delete(version));
      this.#calls.stayWith(version, before, takeovers);
      version.balancer.handOver(this.dispatcher.redispatch);
    }
    this.#callers.onReplaced(previous, this.#draining, (caller) =>
      takeovers.lostSince(this.baselines.of(caller.artifact) ?? before),
    );
  }

  /** Retires a version that no generation and no pin holds any more. */
  #retire(version: Version): void {
    const { plugin, id } = version;
    version.shutdown.drain({ newest: this.dispatcher.redispatch }).catch((cause: unknown) => {
      const error =
        cause instanceof LiveswapError ? cause : new LiveswapError('INTERNAL', messageOf(cause), { cause });
      this.#emit({ type: 'drainFailed', plugin, version: id, error });
    });
  }
}
