import { LiveswapError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { untilAborted } from '../core/until-aborted.js';
import type { SwapEvent } from '../observe/events.js';
import type { Caller } from './caller.js';
import { ChangeQueue } from './change-queue.js';
import { Assent, type Turn } from './assent.js';
import { AutoRollback } from './auto-rollback.js';
import { asksTheSame, type Change, type Kept, type LoadChange } from './change.js';
import type { ContractCheck } from './contract-check.js';
import { createDetails, type Details } from './details.js';
import type { DrainingBound } from './draining-bound.js';
import type { Generations } from './generations.js';
import { HandOver } from '../handover/hand-over.js';
import { isInHook, isInStart, notToBeAwaited } from './hook-context.js';
import { asDataBag, HostBag } from './host-bag.js';
import { NextGeneration } from './next-generation.js';
import type { OnReload, SwapperSettings } from './options.js';
import { planReload } from './plan.js';
import type { Choice, ReleaseSource } from './release-source.js';
import { forcedIn } from './release.js';
import { runningIn } from './running-version.js';
import { Stopwatch } from './stopwatch.js';
import type { DataBag } from '../plugin/vault.js';
import type { VaultHost } from './vault-host.js';
import type { Version } from '../version/version.js';
import type { VersionFactory } from './version-factory.js';

/** Dependencies of a Reloader. */
export interface ReloaderDeps {
  readonly settings: Pick<SwapperSettings, 'autoRollback' | 'extension' | 'onReload'>;
  readonly generations: Generations;
  readonly source: ReleaseSource;
  readonly versions: VersionFactory;
  readonly vaultHost: VaultHost;
  readonly caller: Caller;
  readonly contractCheck: ContractCheck;
  readonly drainingBound: DrainingBound;
  readonly logger: Logger;
  readonly emit: (event: SwapEvent) => void;
  /** Ends every change when aborted. */
  readonly signal: AbortSignal;
}

/** A planned release, and the remarks for the caller that requested it. */
interface Prepared {
  readonly next: NextGeneration;
  readonly notes: readonly string[];
}

/** Runs changes of generation one after another, each against the generation that is current when it starts. */
export class Reloader {
  readonly #deps: ReloaderDeps;
  readonly #bag: HostBag;
  readonly #queue = new ChangeQueue<LoadChange, Details>();
  readonly #assent: Assent;
  readonly #autoRollback: AutoRollback;
  #reloads = 0;
  #isHandingOver = false;
  /** The versions that come up. */
  #starting: readonly Version[] = [];
  #inProgress: Promise<Details> | undefined;

  constructor(deps: ReloaderDeps) {
    this.#deps = deps;
    const { settings, generations, signal } = deps;
    this.#bag = new HostBag(signal);
    this.#assent = new Assent(settings.onReload);
    this.#autoRollback = new AutoRollback({
      isEnabled: settings.autoRollback,
      canLeave: (version) => generations.canLeave(version),
      enqueue: (run) => this.#queue.add(run),
      run: (change) => this.#run(change),
    });
  }

  /** Number of successful reloads. */
  get reloads(): number {
    return this.#reloads;
  }

  /** The host's data bag, which is there before anything is loaded. */
  get dataBag(): DataBag {
    return asDataBag(this.#bag);
  }

  /** See {@link Assent.addGate}. */
  addGate(gate: OnReload, turn?: Turn): () => void {
    return this.#assent.addGate(gate, turn);
  }

  /**
   * Loads a release. A request equal to the last waiting one joins it; a change in progress is never joined.
   * @throws LiveswapError `LOAD_FAILED` or `RELOAD_FAILED`, whose cause is the first failure
   */
  load(requested: LoadChange): Promise<Details> {
    const within = this.#requestedWithin();
    const change = { ...requested, within };
    const details = this.#queue.join(
      change,
      () => this.#runAfter(within, change),
      (waiting) => asksTheSame(waiting, change),
    );
    return within ? refuseToWait(change, details) : details;
  }

  /** @throws LiveswapError like {@link load} */
  rollBack(kept: Kept): Promise<Details> {
    const within = this.#requestedWithin();
    const change: Change = { reason: 'rollback', kept };
    const details = this.#queue.add(() => this.#runAfter(within, change));
    return within ? refuseToWait(change, details) : details;
  }

  /** Resolves when no change is in progress. */
  whenIdle(): Promise<unknown> {
    return this.#queue.whenIdle();
  }

  /** Returns the change in progress when one of its hooks may be waiting for the calling code. */
  #requestedWithin(): Promise<Details> | undefined {
    const isInOwnHook = (this.#isHandingOver && isInHook()) || isInStart(this.#starting);
    return isInOwnHook ? this.#inProgress : undefined;
  }

  /** Runs a change unless the one in whose hooks it was requested has failed: the same hook would request it again, without end. */
  async #runAfter(within: Promise<Details> | undefined, change: Change): Promise<Details> {
    await within;
    return this.#run(change);
  }

  async #run(change: Change): Promise<Details> {
    const { signal, versions, emit } = this.#deps;
    const { reason } = change;
    signal.throwIfAborted();
    emit({ type: 'reloadStarted', reason });
    try {
      this.#inProgress = this.#change(change);
      return await this.#inProgress;
    } catch (cause) {
      const error = this.#failure(reason, cause);
      emit({ type: 'reloadFailed', reason, error });
      throw error;
    } finally {
      this.#starting = [];
      if (!signal.aborted) versions.prepare();
    }
  }

  /** Runs the steps of a reload. A failure before the assignment is undone, and the current generation is unaffected. */
  async #change(change: Change): Promise<Details> {
    const { generations, source, signal, emit } = this.#deps;
    const { reason } = change;
    const watch = new Stopwatch();
    // Steps 1 to 3: read, plan, check.
    const choice = await untilAborted(signal, source.choose(change));
    const { next, notes } = await watch.time('start', () => this.#prepare(choice, change));
    const { generation } = next;
    try {
      // Step 4: start every thread of every new version.
      this.#starting = next.fresh;
      await watch.time('start', () => next.start());
      this.#starting = [];
      generations.foresee(generation);
      // Step 5: the host may refuse the generation.
      const assent = this.#assent.ask(change, generation, generations.current);
      await watch.time('onReload', () => untilAborted(signal, assent));
      next.refuseDead();
      next.refuseConflicts('handOver');
    } catch (error) {
      await next.abandon(error);
      throw error;
    }
    const handOver = this.#handOverTo(next, change);
    await this.#handOver(handOver, next, watch, () => {
      // Steps 6 and 7: one assignment; versions that only the old generation held start draining.
      generations.assign(next, choice.backTo);
      handOver.complete();
    });
    if (reason !== 'rollback') this.#deps.drainingBound.cut();
    if (reason === 'reload') this.#reloads++;
    const dropped = handOver.dropped.map((plugin) => `what ${plugin} kept was dropped`);
    for (const remark of dropped) this.#deps.logger.info({ generation: generation.id }, remark);
    const details = createDetails(
      generation.plugins.map(({ name, note }) => [name, note]),
      [...notes, ...dropped, ...next.fresh.flatMap(({ remarks }) => [...remarks])],
    );
    emit({ type: 'reloaded', reason, generation: generation.id, details, ms: watch.ms });
    return details;
  }

  #handOverTo({ generation, fresh }: NextGeneration, { reason, kept }: Change): HandOver {
    const { generations, versions, emit } = this.#deps;
    const stays = new Set(generation.versions);
    return new HandOver({
      leaving: generations.current?.versions.filter((version) => !stays.has(version)) ?? [],
      arriving: fresh,
      staying: generation.versions.filter((version) => !fresh.includes(version)),
      cause: reason,
      dropsKept: kept === 'drop',
      yieldMs: ({ settings }) => settings.yieldMs,
      takeGates: () => versions.takeGates(),
      emit,
    });
  }

  /**
   * Hands exclusive work over, then switches the generation. If that fails, the new versions end before the old ones continue.
   */
  async #handOver(
    handOver: HandOver,
    next: NextGeneration,
    watch: Stopwatch,
    assign: () => void,
  ): Promise<void> {
    const { signal } = this.#deps;
    this.#isHandingOver = true;
    let letWritesGo = (): void => {};
    try {
      await watch.time('handOver', () => untilAborted(signal, handOver.run()));
      letWritesGo = await untilAborted(signal, next.settleBag());
      // Everything from here on is synchronous.
      next.refuseDead();
      next.refuseConflicts('assignment');
      watch.timeNow('switch', assign);
    } catch (error) {
      letWritesGo();
      await handOver.undo();
      await next.abandon(error);
      await handOver.wakeLeaving();
      throw error;
    } finally {
      letWritesGo();
      this.#isHandingOver = false;
    }
  }

  /** Creates the versions that a release needs besides those that run. */
  async #prepare({ artifacts, data }: Choice, change: Change): Promise<Prepared> {
    const { settings, generations, versions, vaultHost, caller, contractCheck, drainingBound, signal } =
      this.#deps;
    const forced = forcedIn(artifacts, change.reason === 'rollback' ? false : change.force);
    const steps = planReload(artifacts, runningIn(generations.current, data), forced);
    // A rollback needs no check: its release has run before.
    const notes = change.reason === 'rollback' ? [] : await contractCheck.check(steps);
    const started = steps.flatMap((step) => (step.kind === 'start' ? [step.candidate] : []));
    if (change.reason !== 'rollback') await drainingBound.check(started);
    await versions.checkRoom(started);
    const next = await NextGeneration.create(data, steps, {
      id: generations.nextId,
      cause: change.reason,
      vaultHost,
      bag: this.#bag,
      caller,
      makeExtension: settings.extension,
      create: versions.batch((version) => this.#autoRollback.onFailed(version)),
      signal,
    });
    return { next, notes };
  }

  #failure(reason: Change['reason'], cause: unknown): LiveswapError {
    const serving = this.#deps.generations.current ? 'the current generation serves on' : 'nothing is loaded';
    const outcome = this.#deps.signal.aborted ? 'the swapper is closing' : serving;
    const message = `The ${reason} did not complete, ${outcome}: ${messageOf(cause)}`;
    const plugin = cause instanceof LiveswapError ? cause.plugin : undefined;
    return new LiveswapError(reason === 'load' ? 'LOAD_FAILED' : 'RELOAD_FAILED', message, {
      ...(plugin !== undefined && { plugin }),
      cause,
    });
  }
}

/** Rejects for a hook of the change in progress, which must not wait for the next one: neither would ever end. */
function refuseToWait({ reason }: Change, details: Promise<Details>): Promise<never> {
  details.catch(() => {});
  return notToBeAwaited(reason);
}
