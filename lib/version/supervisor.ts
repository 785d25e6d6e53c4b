import type { LiveswapError } from '../core/errors.js';
import type { ThreadGroup } from './thread-group.js';
import type { Exporter } from './connect-threads.js';
import type { Front } from './front.js';
import { Recovery } from './recovery.js';
import { Watchdog } from './watchdog.js';
import type { ThreadHandle } from './thread-handle.js';
import { versionFailed } from './version-errors.js';
import type { VersionHost } from './version-host.js';
import type { Version } from './version.js';

/** What is watched over. */
export interface Supervised {
  readonly version: Version;
  readonly group: ThreadGroup;
  readonly front: Front;
  /** What the version imports. */
  readonly exporters: () => readonly Exporter[];
  /** Its threads died too often while it was active. */
  readonly fail: (error: LiveswapError) => void;
}

/** Watches over the threads of a version: takes out those that die, replaces them, ends those that are stuck, gives up. */
export class Supervisor {
  readonly #supervised: Supervised;
  readonly #emit: VersionHost['emit'];
  readonly #recovery: Recovery;
  readonly #watchdog: Watchdog | undefined;

  constructor(supervised: Supervised, emit: VersionHost['emit']) {
    this.#supervised = supervised;
    this.#emit = emit;
    const { crashLoop, stuckMs } = supervised.version.settings;
    this.#recovery = new Recovery(crashLoop, {
      replace: (index) => void this.#replace(index),
      giveUp: (cause) => this.#giveUp(cause),
    });
    if (stuckMs !== undefined) this.#watchdog = new Watchdog(stuckMs, () => supervised.front.busy);
  }

  /** The version is active: from now on its dead are replaced, those included that have died already. */
  start(): void {
    this.#watchdog?.start();
    for (const { death, name } of this.#supervised.version.threads)
      if (death) this.#recovery.recover(name.thread, death);
  }

  stop(): void {
    this.#recovery.stop();
    this.#watchdog?.stop();
  }

  onDeath(thread: ThreadHandle, error: LiveswapError): void {
    const { front } = this.#supervised;
    const cameUp = front.serves(thread);
    front.remove(thread, error);
    this.#emit({ type: 'threadCrashed', ...thread.name, error });
    if (this.#isNeeded) this.#recovery.recover(thread.name.thread, error, cameUp);
    else if (this.#isLost) front.refuse(error);
  }

  /** Whether a dead thread has to be replaced: a version that drains may still have to finish calls of its own. */
  get #isNeeded(): boolean {
    const { state, lanes, dependents } = this.#supervised.version;
    return (
      state.kind === 'active' || (state.kind === 'draining' && (lanes.queued > 0 || dependents.size > 0))
    );
  }

  /** Whether nobody will take what waits: the version will not come up any more, or has no thread left. */
  get #isLost(): boolean {
    const { state, lanes } = this.#supervised.version;
    const isComingUp = state.kind === 'starting' || state.kind === 'ready';
    return isComingUp || (state.kind === 'draining' && lanes.lanes.length === 0);
  }

  #giveUp(cause: LiveswapError): void {
    const { version, front, fail } = this.#supervised;
    const error = versionFailed(version, version.settings.crashLoop, cause);
    front.refuse(error);
    // One that drains goes on to its end.
    if (version.state.kind === 'active') fail(error);
  }

  async #replace(index: number): Promise<void> {
    if (!this.#isNeeded) return;
    const { version, group, front, exporters } = this.#supervised;
    const thread = await group.replace(index, exporters);
    if (!thread) return;
    front.reopen(thread);
    if (version.state.kind === 'draining') thread.ask('drain', []).catch(() => {});
    this.#emit({ type: 'threadReplaced', ...thread.name });
  }
}
