import { LiveswapError, messageOf } from '../core/errors.js';
import type { SwapEvent } from '../observe/events.js';
import type { Version } from '../version/version.js';
import { ChangeQueue } from './change-queue.js';
import { prepareChange, type ChangeTools } from './change.js';
import { createDetails, type Details } from './details.js';
import type { History } from './history.js';
import type { OnReload } from './options.js';
import type { Timeline } from './timeline.js';
import type { Startable } from './version-factory.js';

/** A change of generation: what asks for it, and what it is made from when its turn comes. */
export interface Change {
  readonly reason: 'load' | 'reload' | 'rollback';
  readonly choose: () => Promise<ChangeSource>;
  readonly onReload?: OnReload | undefined;
}

/** What a generation is made from. */
export interface ChangeSource {
  readonly startables: readonly Startable[];
  readonly data: unknown;
}

/** What a succession works with. */
export interface SuccessionParts {
  readonly tools: ChangeTools;
  readonly timeline: Timeline;
  readonly history: History;
  readonly onReload: OnReload | undefined;
  readonly autoRollback: boolean;
  readonly emit: (event: SwapEvent) => void;
}

/** Brings one generation after the other: each change when its turn comes, against what is current then. */
export class Succession {
  readonly #parts: SuccessionParts;
  readonly #queue = new ChangeQueue();
  #reloads = 0;

  constructor(parts: SuccessionParts) {
    this.#parts = parts;
  }

  /** How many reloads have succeeded. */
  get reloads(): number {
    return this.#reloads;
  }

  /** @throws LiveswapError `LOAD_FAILED` or `RELOAD_FAILED`, whose cause is the first failure */
  add(change: Change): Promise<Details> {
    return this.#queue.add(() => this.#run(change));
  }

  /** @throws LiveswapError like {@link add} */
  rollBack(): Promise<Details> {
    return this.add(this.#rollback);
  }

  /** A version crash-looped: goes back to the generation before, if that is wanted and there is one. */
  giveUp(version: Version): void {
    // A failure is an event of its own; the calls are refused with the reason either way.
    if (this.#parts.autoRollback) this.#queue.add(() => this.#rollBackFrom(version)).catch(() => {});
  }

  /** Resolves when no change is under way. */
  whenIdle(): Promise<unknown> {
    return this.#queue.whenIdle();
  }

  get #rollback(): Change {
    return { reason: 'rollback', choose: async () => this.#parts.history.latest() };
  }

  async #rollBackFrom(version: Version): Promise<void> {
    const { timeline, history } = this.#parts;
    // A change that ran before this one may have replaced it.
    const isCurrent = timeline.current?.versions.includes(version) ?? false;
    if (isCurrent && !history.isEmpty) await this.#run(this.#rollback);
  }

  async #run({ reason, choose, onReload }: Change): Promise<Details> {
    const { tools, timeline, emit } = this.#parts;
    tools.signal.throwIfAborted();
    const began = performance.now();
    emit({ type: 'reloadStarted', reason });
    try {
      const { startables, data } = await choose();
      const vetoes = [this.#parts.onReload, onReload].filter((veto) => veto !== undefined);
      const { current: previous, nextId: id } = timeline;
      const prepared = await prepareChange(tools, { id, startables, data, previous, vetoes });
      const switching = performance.now();
      timeline.switchTo(prepared, data, reason === 'rollback' ? 'back' : 'forward');
      if (reason === 'reload') this.#reloads++;
      const details = createDetails(prepared.generation.plugins.map(({ name, note }) => [name, note]));
      const now = performance.now();
      const ms = { total: now - began, start: prepared.startMs, switch: now - switching };
      emit({ type: 'reloaded', reason, generation: id, details, ms });
      return details;
    } catch (cause) {
      const error = this.#failure(reason, cause);
      emit({ type: 'reloadFailed', reason, error });
      throw error;
    } finally {
      if (!tools.signal.aborted) tools.factory.prepare();
    }
  }

  #failure(reason: Change['reason'], cause: unknown): LiveswapError {
    const serving = this.#parts.timeline.current ? 'the current generation serves on' : 'nothing is loaded';
    const outcome = this.#parts.tools.signal.aborted ? 'the swapper is closing' : serving;
    const message = `The ${reason} did not complete, ${outcome}: ${messageOf(cause)}`;
    const plugin = cause instanceof LiveswapError ? cause.plugin : undefined;
    return new LiveswapError(reason === 'load' ? 'LOAD_FAILED' : 'RELOAD_FAILED', message, {
      ...(plugin !== undefined && { plugin }),
      cause,
    });
  }
}
