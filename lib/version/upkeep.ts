import type { LiveswapError } from '../core/errors.js';
import type { SwapEvent } from '../observe/events.js';
import type { Exporter } from './connect-threads.js';
import type { GiveUp } from './crash-loop.js';
import { Renewal } from './renewal.js';
import { Supervisor } from './supervisor.js';
import type { ThreadGroup } from './thread-group.js';
import type { ThreadHandle } from './thread-handle.js';
import type { VersionSettings } from './version-settings.js';
import type { VersionState } from './version-state.js';

/** Dependencies of an {@link Upkeep}. */
export interface UpkeepDeps {
  readonly settings: VersionSettings;
  readonly group: ThreadGroup;
  readonly state: () => VersionState;
  /** True while a version that imports this one is up. */
  readonly isImported: () => boolean;
  /** True when some calls can only go to one certain thread. */
  readonly hasHomes: boolean;
  /** The imports of the version, for a new thread. */
  readonly exporters: () => readonly Exporter[];
  /** Gives up the version; returns the error with which its calls are refused. */
  readonly giveUp: (verdict: GiveUp, cause: LiveswapError) => LiveswapError;
  /** Called when a thread has come up again after the version was given up. */
  readonly revive: () => void;
  /** Creates the error for work that is still pending on a leaving thread. */
  readonly late: (thread: ThreadHandle) => LiveswapError;
  /** Creates the error for what a leaving thread gave, once nothing was pending on it. */
  readonly gone: (thread: ThreadHandle) => LiveswapError;
  readonly emit: (event: SwapEvent) => void;
}

/** Keeps the threads of an active version fit: its supervisor replaces dead threads, its renewal replaces worn ones. */
export class Upkeep {
  readonly #deps: UpkeepDeps;
  readonly #supervisor: Supervisor;
  readonly #renewal: Renewal;

  constructor(deps: UpkeepDeps) {
    this.#deps = deps;
    const { settings, group, emit } = deps;
    const replace = (index: number): Promise<ThreadHandle> => group.replace(index, deps.exporters);
    const supervisor = new Supervisor({ ...deps, replace });
    this.#supervisor = supervisor;
    this.#renewal = new Renewal({
      settings,
      group,
      isNeeded: () => supervisor.isNeeded,
      replace,
      fill: (index) => supervisor.replace(index, 'abandoned'),
      late: deps.late,
      gone: deps.gone,
      emit,
    });
  }

  /** True when the death of the next thread would make the supervisor give up the version. */
  get isLastTry(): boolean {
    return this.#supervisor.isLastTry;
  }

  start(): void {
    this.#supervisor.start();
    this.#renewal.start();
  }

  stop(): void {
    this.#supervisor.stop();
    this.#renewal.stop();
  }

  /** Ends the threads once nothing is pending on them, and replaces none. Resolves to a function that fills all places again. */
  async rest(): Promise<() => Promise<void>> {
    const { group, settings } = this.#deps;
    this.stop();
    const leaving = group.threads.map((thread) => {
      group.withdraw(thread);
      return this.#renewal.seeOff(thread);
    });
    await Promise.all(leaving);
    return async () => {
      this.start();
      const places = Array.from({ length: settings.threads }, (_, index) => index);
      await Promise.all(places.map((index) => this.#supervisor.replace(index, 'recycled')));
    };
  }

  onDeath(thread: ThreadHandle, error: LiveswapError): void {
    this.#supervisor.onDeath(thread, error);
  }
}
