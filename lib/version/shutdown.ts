import { setImmediate as turnEnd } from 'node:timers/promises';
import type { LiveswapError } from '../core/errors.js';
import type { StateMachine } from '../core/state-machine.js';
import type { ThreadGroup } from './thread-group.js';
import { whenDrained, type DrainOptions } from './drain.js';
import type { Front } from './front.js';
import type { Supervisor } from './supervisor.js';
import { retiredError } from './version-errors.js';
import type { VersionHost } from './version-host.js';
import { wayOut, type VersionState } from './version-state.js';
import type { Version } from './version.js';

/** What is brought to its end. */
export interface Ended {
  readonly version: Version;
  readonly life: StateMachine<VersionState>;
  readonly group: ThreadGroup;
  readonly front: Front;
  readonly supervisor: Supervisor;
}

/** The end of a version, to be had in several ways and at the same time: drained, given up as it came up, or cut off. */
export class Shutdown {
  /** Resolves when its threads are gone. */
  readonly retired: Promise<void>;
  readonly #ended: Ended;
  readonly #emit: VersionHost['emit'];
  #drained: Promise<void> | undefined;
  #markRetired!: () => void;

  constructor(ended: Ended, emit: VersionHost['emit']) {
    this.#ended = ended;
    this.#emit = emit;
    this.retired = new Promise((resolve) => {
      this.#markRetired = resolve;
    });
  }

  /** Aborts `context.signal` in its threads: what goes on until it is told to stop comes to its end. */
  announce(): void {
    for (const thread of this.#ended.group.threads) thread.ask('drain', []).catch(() => {});
  }

  /** Lets what is pending finish, then frees it. Resolves when its threads are gone; idempotent. */
  drain(options: DrainOptions): Promise<void> {
    this.#drained ??= this.#drain(options);
    return this.#drained;
  }

  /** Stops it coming up: resolves when none of its hooks is under way any more. */
  async halt(error: LiveswapError): Promise<void> {
    const { life, group, front } = this.#ended;
    if (life.state.kind === 'retired') return;
    if (life.state.kind !== 'failed') life.transition({ kind: 'failed', error });
    // Those that import it still reach it, from their onFree.
    front.lanes.refuse(error);
    await group.halt(error);
  }

  /** Runs `onFree` in its threads and ends them, without waiting for what is pending. */
  async abandon(error: LiveswapError): Promise<void> {
    if (this.#ended.life.state.kind === 'retired') return;
    await this.#free();
    await this.#end(error);
  }

  /** Ends its threads now; what is pending rejects with `error`. */
  async destroy(error: LiveswapError): Promise<void> {
    const { life, front } = this.#ended;
    if (life.state.kind === 'retired') return;
    front.refuse(error);
    await this.#end(error);
  }

  async #drain({ newest, drainMs }: DrainOptions): Promise<void> {
    const { version, life, group, front } = this.#ended;
    if (life.state.kind === 'ready') life.transition({ kind: 'active' });
    if (life.state.kind === 'active') life.transition({ kind: 'draining', since: Date.now() });
    if (newest) front.lanes.handOver(newest);
    // Those that waited for the swap go on first.
    await turnEnd();
    this.announce();
    await whenDrained(version, drainMs ?? version.settings.drainMs, (error) => {
      front.refuse(error);
      group.cut(error);
    });
    const gone = retiredError(version);
    front.refuse(gone);
    await this.#free();
    await this.#end(gone);
  }

  async #free(): Promise<void> {
    for (const error of await this.#ended.group.free()) this.#emit({ type: 'hookFailed', error });
  }

  async #end(cause: LiveswapError): Promise<void> {
    const { version, life, group, supervisor } = this.#ended;
    supervisor.stop();
    await group.end(cause);
    for (const dependency of version.dependencies.values()) dependency.dependents.delete(version);
    for (const next of wayOut(life.state.kind, cause)) life.transition(next);
    this.#markRetired();
  }
}
