import type { LiveswapError } from '../core/errors.js';
import type { Lane } from '../dispatch/lane.js';
import { LaneSet, type LaneSetOptions } from '../dispatch/lane-set.js';
import { connectThreads, type Exporter } from './connect-threads.js';
import type { ThreadHandle } from './thread-handle.js';

/**
 * Where calls come in: a lane to each thread that takes them, for the host, and a direct link for each thread of those
 * that import the version.
 */
export class Front {
  readonly lanes: LaneSet;
  readonly #plugin: string;
  readonly #importers: () => readonly ThreadHandle[];
  readonly #laneOf = new Map<ThreadHandle, Lane>();
  #refusal: LiveswapError | undefined;

  /** `importers` are the threads that have a direct link to each of these. */
  constructor(options: LaneSetOptions, importers: () => readonly ThreadHandle[]) {
    this.lanes = new LaneSet(options);
    this.#plugin = options.plugin;
    this.#importers = importers;
  }

  /** Whether a thread takes calls. */
  serves(thread: ThreadHandle): boolean {
    return this.#laneOf.has(thread);
  }

  /** The threads on which something is pending. */
  get busy(): readonly ThreadHandle[] {
    const lanes = [...this.#laneOf].filter(([thread, lane]) => lane.pending > 0 || thread.held > 0);
    return lanes.map(([thread]) => thread);
  }

  /** Lets a thread take calls. */
  open(thread: ThreadHandle): void {
    this.#laneOf.set(thread, this.lanes.add(thread.name.thread, thread.link));
  }

  /** Lets a thread that took the place of a dead one take calls. */
  reopen(thread: ThreadHandle): void {
    // An importer that dies meanwhile is linked when it is replaced.
    for (const importer of this.#importers()) connectThreads(importer, thread).catch(() => {});
    this.open(thread);
  }

  /** Takes out a thread that died. What it had is rejected, or sent again, by its link; importers are told why. */
  remove(thread: ThreadHandle, crash: LiveswapError): void {
    for (const importer of this.#importers())
      importer.ask('importDied', [this.#plugin, thread.name.thread, crash]).catch(() => {});
    const lane = this.#laneOf.get(thread);
    if (lane) this.lanes.remove(lane, crash);
    this.#laneOf.delete(thread);
  }

  /** Refuses what waits and what will come, from the host and from those that import it. */
  refuse(refusal: LiveswapError): void {
    this.#refusal = refusal;
    this.lanes.refuse(refusal);
    for (const thread of this.#importers())
      thread.ask('refuseImport', [this.#plugin, refusal]).catch(() => {});
  }

  /** What a thread needs to import these: `threads` are linked, those left out that are dead. */
  exporter(threads: readonly ThreadHandle[]): Exporter {
    return { plugin: this.#plugin, answering: threads, refusal: this.#refusal };
  }
}
