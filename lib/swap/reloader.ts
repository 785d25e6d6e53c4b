import { despiteConflicts } from '../core/despite-conflicts.js';
import { isLiveswapError, LiveswapError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { untilAborted } from '../core/until-aborted.js';
import type { SwapEvent } from '../observe/events.js';
import type { Version } from '../version/version.js';
import type { Caller } from './caller.js';
import { ChangeQueue } from './change-queue.js';
import { Assent } from './assent.js';
import { asksTheSame, type Change, type Kept, type LoadChange } from './change.js';
import type { ContractCheck } from './contract-check.js';
import { createDetails, type Details } from './details.js';
import type { DrainingBound } from './draining-bound.js';
import type { Generations } from './generations.js';
import { HandOver } from '../handover/hand-over.js';
import { isInHook, notToBeAwaited } from './hook-context.js';
import { HostBag } from './host-bag.js';
import { NextGeneration } from './next-generation.js';
import type { OnReload, SwapperSettings } from './options.js';
import { planReload } from './plan.js';
import type { Choice, ReleaseSource } from './release-source.js';
import { forcedIn } from './release.js';
import { runningIn } from './running-version.js';
import { Stopwatch } from './stopwatch.js';
import type { VaultHost } from './vault-host.js';
import type { VersionFactory } from './version-factory.js';

/** What a reloader works with. */
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

/** What a release is to become, and what whoever asked for it has to be told. */
interface Prepared {
  readonly next: NextGeneration;
  readonly notes: readonly string[];
}

/** Brings one generation after the other: each change when its turn comes, against what is current then. */
export class Reloader {
  readonly #deps: ReloaderDeps;
  readonly #bag = new HostBag();
  readonly #queue = new ChangeQueue<LoadChange, Details>();
  readonly #assent: Assent;
  #reloads = 0;
  #isHandingOver = false;

  constructor(deps: ReloaderDeps) {
    this.#deps = deps;
    this.#assent = new Assent(deps.settings.onReload);
  }

  /** How many reloads have succeeded. */
  get reloads(): number {
    return this.#reloads;
  }

  /** See {@link Assent.addGate}. */
  addGate(gate: OnReload): () => void {
    return this.#assent.addGate(gate);
  }

  /**
   * A reload that asks for the same as the last one that waits is that one; one that is under way is never joined.
   * @throws LiveswapError `LOAD_FAILED` or `RELOAD_FAILED`, whose cause is the first failure
   */
  load(change: LoadChange): Promise<Details> {
    const details = this.#queue.join(
      change,
      () => this.#run(change),
      (waiting) => asksTheSame(waiting, change),
    );
    return this.#unlessInHook(change, details);
  }

  /** @throws LiveswapError like {@link load} */
  rollBack(kept: Kept): Promise<Details> {
    const change: Change = { reason: 'rollback', kept };
    return this.#unlessInHook(
      change,
      this.#queue.add(() => this.#run(change)),
    );
  }

  /** Resolves when no change is under way. */
  whenIdle(): Promise<unknown> {
    return this.#queue.whenIdle();
  }

  /** A hook of the change that is under way must not wait for the next one: neither would ever end. */
  #unlessInHook({ reason }: Change, details: Promise<Details>): Promise<Details> {
    if (!this.#isHandingOver || !isInHook()) return details;
    details.catch(() => {});
    return notToBeAwaited(reason);
  }

  async #run(change: Change): Promise<Details> {
    const { signal, versions, emit } = this.#deps;
    const { reason } = change;
    signal.throwIfAborted();
    emit({ type: 'reloadStarted', reason });
    try {
      return await this.#change(change);
    } catch (cause) {
      const error = this.#failure(reason, cause);
      emit({ type: 'reloadFailed', reason, error });
      throw error;
    } finally {
      if (!signal.aborted) versions.prepare();
    }
  }

  /** The steps of a reload: whatever fails before the assignment is undone, and the current generation has not noticed. */
  async #change(change: Change): Promise<Details> {
    const { generations, source, signal, emit } = this.#deps;
    const { reason } = change;
    const watch = new Stopwatch();
    // 1. to 3. Read, plan, check.
    const choice = await untilAborted(signal, source.choose(change));
    const { next, notes } = await watch.time('start', () => this.#prepare(choice, change));
    const { generation } = next;
    try {
      // 4. Every thread of every new version comes up.
      await watch.time('start', () => next.start());
      // 5. The host may refuse it.
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
      // 6. and 7. One assignment; what only the old one held starts draining.
      generations.assign(next, choice.backTo);
      handOver.complete();
    });
    if (reason !== 'rollback') this.#deps.drainingBound.cut();
    if (reason === 'reload') this.#reloads++;
    const dropped = handOver.dropped.map((plugin) => `what ${plugin} kept was dropped`);
    for (const remark of dropped) this.#deps.logger.info({ generation: generation.id }, remark);
    const details = createDetails(
      generation.plugins.map(({ name, note }) => [name, note]),
      [...notes, ...dropped],
    );
    emit({ type: 'reloaded', reason, generation: generation.id, details, ms: watch.ms });
    return details;
  }

  #handOverTo({ generation, fresh }: NextGeneration, { reason, kept }: Change): HandOver {
    const { generations, emit } = this.#deps;
    const stays = new Set(generation.versions);
    return new HandOver({
      leaving: generations.current?.versions.filter((version) => !stays.has(version)) ?? [],
      arriving: fresh,
      cause: reason,
      dropsKept: kept === 'drop',
      yieldMs: ({ settings }) => settings.yieldMs,
      emit,
    });
  }

  /** Exclusive work changes hands, then the generation; where that fails, the new versions are gone before the old ones go on. */
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
      // From here on, nothing happens in between.
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

  /** Makes the versions that a release needs beside those that run. */
  async #prepare({ artifacts, data }: Choice, change: Change): Promise<Prepared> {
    const { settings, generations, versions, vaultHost, caller, contractCheck, drainingBound, signal } =
      this.#deps;
    const forced = forcedIn(artifacts, change.reason === 'rollback' ? false : change.force);
    const steps = planReload(artifacts, runningIn(generations.current, data), forced);
    // What is gone back to ran before.
    const notes = change.reason === 'rollback' ? [] : await contractCheck.check(generations.current, steps);
    const started = steps.flatMap((step) => (step.kind === 'start' ? [step.candidate] : []));
    if (change.reason !== 'rollback') drainingBound.check(started);
    await versions.checkRoom(started);
    const next = await NextGeneration.create(data, steps, {
      id: generations.nextId,
      cause: change.reason,
      vaultHost,
      bag: this.#bag,
      caller,
      makeExtension: settings.extension,
      create: (artifact) => versions.create(artifact, (version) => this.#onFailed(version)),
      signal,
    });
    return { next, notes };
  }

  /** A version crash-looped: goes back to a release without its bytes, if that is wanted and there is one. */
  #onFailed(version: Version): void {
    // A failure is an event of its own; the calls are refused with the reason either way.
    if (this.#deps.settings.autoRollback && version.isYoung)
      this.#queue.add(() => this.#rollBackFrom(version)).catch(() => {});
  }

  async #rollBackFrom(version: Version): Promise<void> {
    const { current, history } = this.#deps.generations;
    // A change that ran before this one may have replaced it.
    const isCurrent = current?.versions.includes(version) ?? false;
    if (!isCurrent || !history.latestWithout(version)) return;
    try {
      await despiteConflicts(() => this.#run({ reason: 'rollback', failed: version }));
    } catch (error) {
      // State that cannot go back is no reason to stay with a version that does not run.
      if (!isAboutState(error)) throw error;
      await this.#run({ reason: 'rollback', failed: version, kept: 'drop' });
    }
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

/** Whether a change failed because kept state could not move. */
function isAboutState(error: unknown): boolean {
  const cause = isLiveswapError(error) ? error.cause : undefined;
  return isLiveswapError(cause, 'LIVE_DATA_MISMATCH') || isLiveswapError(cause, 'LIVE_DATA_INVALID');
}
