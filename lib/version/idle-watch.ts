import type { Balancer } from '../dispatch/balancer.js';
import { collect } from '../link/garbage.js';
import { collectUntil } from './collect-until.js';
import type { OutsideWork } from './outside-work.js';
import type { Roster } from './roster.js';
import type { ThreadHandle } from './thread-handle.js';

/** Dependencies of a {@link IdleWatch}. */
export interface IdleWatchDeps {
  readonly roster: Pick<Roster<ThreadHandle>, 'threads' | 'connectionOf'>;
  readonly balancer: Pick<Balancer, 'pending' | 'queued' | 'whenIdle'>;
  readonly outsideWork: Pick<OutsideWork, 'isIdle' | 'whenIdle'>;
  /** The threads that have a direct link to each of these. */
  readonly importers: () => readonly ThreadHandle[];
}

/** Tells when the threads of a version have nothing to do any more: calls, other work, and what they hold open. */
export class IdleWatch {
  readonly #deps: IdleWatchDeps;

  constructor(deps: IdleWatchDeps) {
    this.#deps = deps;
  }

  /** True when nothing is pending and nothing is held open. */
  get isIdle(): boolean {
    const { roster, balancer, outsideWork } = this.#deps;
    if (balancer.pending > 0 || balancer.queued > 0 || !outsideWork.isIdle) return false;
    return roster.threads.every(({ death, gauge }) => death || gauge.held === 0);
  }

  /** Resolves when nothing is pending and nothing is held open. */
  async whenIdle(): Promise<void> {
    const { roster, balancer, outsideWork } = this.#deps;
    do {
      await balancer.whenIdle();
      await outsideWork.whenIdle();
      await this.#letGo(roster.threads);
    } while (!this.isIdle);
  }

  /** Resolves when nothing is pending on one thread but calls whose callers have given up, and it holds nothing open. */
  async whenQuiet(thread: ThreadHandle): Promise<void> {
    do {
      await this.#deps.roster.connectionOf(thread)?.whenQuiet();
      // A stuck thread does not answer, but its gauge can still be read.
      if (thread.gauge.held > 0) await this.#letGo([thread]);
    } while (!thread.death && thread.gauge.held > 0);
  }

  /**
   * Waits until `threads` say that they hold nothing. What others hold of them, and nobody can reach any more, is collected
   * meanwhile. An answer that is lost, with all that was pending on its link, says nothing about its thread.
   */
  #letGo(threads: readonly ThreadHandle[]): Promise<void> {
    const idle = Promise.all(threads.map((thread) => thread.ask('idle', []).catch(() => {})));
    const isHeld = (): boolean => threads.some(({ death, gauge }) => !death && gauge.held > gauge.running);
    return collectUntil(idle, isHeld, {
      collect: (hasCollected) => {
        const isHeldHere = threads.some(({ death, link }) => !death && link.pulled.open > 0);
        if (isHeldHere && !hasCollected) collect();
        for (const { death, link } of this.#deps.importers()) if (!death) link.askToCollect();
      },
    });
  }
}
