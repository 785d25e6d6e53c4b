import { LiveswapError, messageOf } from '../core/errors.js';
import { untilAborted } from '../core/until-aborted.js';
import type { SwapEvent } from '../observe/events.js';
import type { Version } from '../version/version.js';
import type { Caller } from './caller.js';
import { ChangeQueue } from './change-queue.js';
import type { Change } from './change.js';
import { createDetails, type Details } from './details.js';
import type { Generation } from './generation.js';
import type { Generations } from './generations.js';
import { HandOver } from '../handover/hand-over.js';
import { isInHook, notToBeAwaited } from './hook-context.js';
import { HostBag } from './host-bag.js';
import { NextGeneration } from './next-generation.js';
import type { OnReload, SwapperSettings } from './options.js';
import { planReload } from './plan.js';
import type { Release } from './release.js';
import { runningIn } from './running-version.js';
import { Stopwatch } from './stopwatch.js';
import type { VaultHost } from './vault-host.js';
import type { VersionFactory } from './version-factory.js';

/** What a reloader works with. */
export interface ReloaderDeps {
  readonly settings: Pick<SwapperSettings, 'autoRollback' | 'extension' | 'onReload'>;
  readonly generations: Generations;
  readonly versions: VersionFactory;
  readonly vaultHost: VaultHost;
  readonly caller: Caller;
  readonly emit: (event: SwapEvent) => void;
  /** Ends every change when aborted. */
  readonly signal: AbortSignal;
}

/** Brings one generation after the other: each change when its turn comes, against what is current then. */
export class Reloader {
  readonly #deps: ReloaderDeps;
  readonly #bag = new HostBag();
  readonly #queue = new ChangeQueue();
  readonly #gates = new Set<OnReload>();
  #reloads = 0;
  #isHandingOver = false;

  constructor(deps: ReloaderDeps) {
    this.#deps = deps;
  }

  /** How many reloads have succeeded. */
  get reloads(): number {
    return this.#reloads;
  }

  /** Has every change pass `gate` before the host is asked, until the returned function is called; what it throws refuses it. */
  addGate(gate: OnReload): () => void {
    this.#gates.add(gate);
    return () => void this.#gates.delete(gate);
  }

  /** @throws LiveswapError `LOAD_FAILED` or `RELOAD_FAILED`, whose cause is the first failure */
  add(change: Change): Promise<Details> {
    const details = this.#queue.add(() => this.#run(change));
    if (!this.#isHandingOver || !isInHook()) return details;
    details.catch(() => {});
    return notToBeAwaited(change.reason);
  }

  /** @throws LiveswapError like {@link add} */
  rollBack(kept?: 'drop'): Promise<Details> {
    return this.add({ ...this.#rollback, kept });
  }

  /** Resolves when no change is under way. */
  whenIdle(): Promise<unknown> {
    return this.#queue.whenIdle();
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
    const { reason, choose, onReload } = change;
    const { generations, settings, signal, emit } = this.#deps;
    const watch = new Stopwatch();
    // 1. to 3. Read, plan, check.
    const release = await untilAborted(signal, choose());
    const next = await watch.time('start', () => this.#prepare(release, reason));
    const { generation } = next;
    try {
      // 4. Every thread of every new version comes up.
      await watch.time('start', () => next.start());
      for (const gate of this.#gates)
        await untilAborted(signal, Promise.resolve(gate(generation, generations.current)));
      // 5. The host may refuse it.
      const vetoes = [settings.onReload, onReload].filter((veto) => veto !== undefined);
      const asked = askAll(vetoes, generation, generations.current);
      await watch.time('onReload', () => untilAborted(signal, asked));
      next.refuseDead();
    } catch (error) {
      await next.abandon(error);
      throw error;
    }
    const handOver = this.#handOverTo(next, change);
    await watch.time('handOver', () => this.#handOver(handOver, next));
    // 6. and 7. One assignment; what only the old one held starts draining.
    await watch.time('switch', () => {
      generations.assign(next, reason === 'rollback' ? 'back' : 'forward');
      handOver.complete();
    });
    if (reason === 'reload') this.#reloads++;
    const details = createDetails(generation.plugins.map(({ name, note }) => [name, note]));
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

  /** Exclusive work changes hands; where that fails, the new versions are gone before the old ones go on. */
  async #handOver(handOver: HandOver, next: NextGeneration): Promise<void> {
    this.#isHandingOver = true;
    try {
      await untilAborted(this.#deps.signal, handOver.run());
      next.refuseDead();
    } catch (error) {
      await handOver.undo();
      await next.abandon(error);
      await handOver.wakeLeaving();
      throw error;
    } finally {
      this.#isHandingOver = false;
    }
  }

  /** Makes the versions that a release needs beside those that run. */
  async #prepare(release: Release, cause: Change['reason']): Promise<NextGeneration> {
    const { settings, generations, versions, vaultHost, caller, signal } = this.#deps;
    const steps = planReload(release.artifacts, runningIn(generations.current));
    await versions.checkRoom(steps.filter(({ kind }) => kind === 'start').length);
    return NextGeneration.create(release, steps, {
      id: generations.nextId,
      cause,
      vaultHost,
      bag: this.#bag,
      caller,
      makeExtension: settings.extension,
      create: (artifact) => versions.create(artifact, (version) => this.#onFailed(version)),
      signal,
    });
  }

  /** A version crash-looped: goes back to the generation before, if that is wanted and there is one. */
  #onFailed(version: Version): void {
    // A failure is an event of its own; the calls are refused with the reason either way.
    if (this.#deps.settings.autoRollback && version.isYoung)
      this.#queue.add(() => this.#rollBackFrom(version)).catch(() => {});
  }

  get #rollback(): Change {
    return { reason: 'rollback', choose: async () => this.#deps.generations.history.latest() };
  }

  async #rollBackFrom(version: Version): Promise<void> {
    const { current, history } = this.#deps.generations;
    // A change that ran before this one may have replaced it.
    const isCurrent = current?.versions.includes(version) ?? false;
    if (isCurrent && !history.isEmpty) await this.#run(this.#rollback);
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

async function askAll(
  vetoes: readonly OnReload[],
  next: Generation,
  previous: Generation | undefined,
): Promise<void> {
  for (const veto of vetoes) {
    try {
      await veto(next, previous);
    } catch (cause) {
      const message = `onReload refused the new generation: ${messageOf(cause)}`;
      throw new LiveswapError('RELOAD_VETOED', message, { cause });
    }
  }
}
