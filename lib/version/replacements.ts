import { startTag } from '../core/chain.js';
import type { LiveswapError } from '../core/errors.js';
import type { Balancer } from '../dispatch/balancer.js';
import type { Call } from '../dispatch/call.js';
import type { Exporter } from './connect-threads.js';
import type { ImportingThreads } from './importing-threads.js';
import type { Roster } from './roster.js';
import type { ThreadHandle } from './thread-handle.js';
import type { ThreadSteps } from './thread-steps.js';

/** Dependencies of {@link Replacements}. */
export interface ReplacementsDeps {
  readonly roster: Roster<ThreadHandle>;
  readonly balancer: Pick<Balancer, 'add' | 'widen'>;
  readonly importers: Pick<ImportingThreads, 'link' | 'linkEarly'>;
  readonly steps: Pick<ThreadSteps, 'restore' | 'import' | 'openImports' | 'run' | 'free'>;
  readonly spawn: (index: number) => ThreadHandle;
  /** The data that the other threads were loaded with. */
  readonly data: () => unknown;
  /** Gives a thread the latest copy of the dead thread's kept state. */
  readonly pourLatest: (thread: ThreadHandle) => Promise<void>;
  /**
   * Makes the new thread take over the activity of its version: from `former`, if that is alive. The returned function is called
   * once the new thread takes calls. Rejects when the new thread has died meanwhile.
   */
  readonly takeIn: (thread: ThreadHandle, former: ThreadHandle | undefined) => Promise<() => void>;
  /** Returns whether a call is part of hooks of other threads that come up, for which those of this version wait in turn. */
  readonly isAwaitedInTurn: (call: Call) => boolean;
  /** Gives a thread no more calls. */
  readonly withdraw: (thread: ThreadHandle) => void;
}

/** Replaces threads of a version. Each new thread goes through the steps that the others went through before it takes calls. */
export class Replacements {
  readonly #deps: ReplacementsDeps;
  /** Settles when the latest replacement of an index has ended. */
  readonly #latest = new Map<number, Promise<void>>();

  constructor(deps: ReplacementsDeps) {
    this.#deps = deps;
  }

  /**
   * Replaces the thread of an index, once replacements of it that are under way have ended. A living thread takes calls until the
   * new one does, and is withdrawn then. Resolves to the new thread.
   *
   * @throws the failure of the new thread, which is then ended
   */
  replace(index: number, exporters: () => readonly Exporter[]): Promise<ThreadHandle> {
    const replaced = this.#whenEnded(index).then(() => this.#replace(index, exporters));
    const ended = (): void => {};
    this.#latest.set(index, replaced.then(ended, ended));
    return replaced;
  }

  /** Resolves to whether a living thread has the place of an index, once replacements that are under way have ended. */
  async isFilled(index: number): Promise<boolean> {
    await this.#whenEnded(index);
    return this.#deps.roster.livingAt(index) !== undefined;
  }

  async #whenEnded(index: number): Promise<void> {
    await this.#latest.get(index);
  }

  async #replace(index: number, exporters: () => readonly Exporter[]): Promise<ThreadHandle> {
    const { roster, steps, spawn, takeIn, withdraw } = this.#deps;
    const thread = spawn(index);
    const replaced = roster.livingAt(index);
    if (!replaced) roster.place(thread);
    let takesOver = (): void => {};
    roster.beginComing(thread);
    // A thread that was withdrawn earlier lives on, and still runs the activity of its version.
    const former = replaced ?? roster.leavingFrom(index);
    const cause = former ? 'recycle' : 'crash';
    try {
      await this.#bringUp(thread, exporters, cause);
      takesOver = await takeIn(thread, former);
    } catch (error) {
      // A thread that came up halfway has something to free.
      await steps.free([thread], cause);
      thread.fail(error as LiveswapError);
      // If the thread died, its death is why the step failed.
      throw thread.death ?? error;
    } finally {
      roster.endComing(thread);
    }
    if (replaced) withdraw(replaced);
    roster.place(thread);
    this.#widen(thread);
    takesOver();
    return thread;
  }

  async #bringUp(
    thread: ThreadHandle,
    exporters: () => readonly Exporter[],
    cause: 'crash' | 'recycle',
  ): Promise<void> {
    const { steps, pourLatest, data } = this.#deps;
    await steps.restore();
    await steps.import(thread, cause);
    await steps.run([thread], 'exports', []);
    if (cause === 'crash') await pourLatest(thread);
    // Imports cannot be opened earlier: a thread of an exporter that is replaced meanwhile cannot be linked to this one yet.
    await steps.openImports(thread, exporters());
    await steps.run([thread], 'openResources', ['load']);
    await steps.run([thread], 'load', [data()]);
    this.#openForStart(thread);
    await steps.run([thread], 'init', []);
  }

  /**
   * Admits calls that `onInit` of this very thread makes and waits for, by whatever route they come back, and those of the hooks
   * that it waits for: where plugins that call each other died at once, neither would come up.
   */
  #openForStart(thread: ThreadHandle): void {
    const { roster, balancer, importers, isAwaitedInTurn } = this.#deps;
    const { plugin, version, thread: index } = thread.name;
    const tag = startTag(plugin, version, index);
    const admits = (call: Call): boolean => call.chain.includes(tag) || isAwaitedInTurn(call);
    roster.connect(thread, balancer.add(index, thread.link, admits));
    importers.linkEarly(thread);
  }

  /** Admits every call. */
  #widen(thread: ThreadHandle): void {
    const { roster, balancer, importers } = this.#deps;
    importers.link(thread);
    const connection = roster.connectionOf(thread);
    if (connection) balancer.widen(connection);
  }
}
