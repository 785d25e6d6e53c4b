import { startTag } from '../core/chain.js';
import type { LiveswapError } from '../core/errors.js';
import { connectThreads } from './connect-threads.js';
import type { ThreadHandle } from './thread-handle.js';

/** The threads of the versions that import one plugin: they are told about its threads, to which they have direct links. */
export class ImportingThreads {
  readonly #plugin: string;
  readonly #threads: () => readonly ThreadHandle[];
  /** For each thread of the plugin, the importers that were linked to it while it came up. */
  readonly #linkedEarly = new WeakMap<ThreadHandle, ReadonlySet<ThreadHandle>>();
  #refusal: LiveswapError | undefined;

  constructor(plugin: string, threads: () => readonly ThreadHandle[]) {
    this.#plugin = plugin;
    this.#threads = threads;
  }

  /** The reason why calls are refused. */
  get refusal(): LiveswapError | undefined {
    return this.#refusal;
  }

  /** Links a thread that comes up: only calls that its own hooks wait for may come back on the way. */
  linkEarly(thread: ThreadHandle): void {
    const { plugin, version, thread: index } = thread.name;
    const importers = this.#threads();
    this.#linkedEarly.set(thread, new Set(importers));
    for (const importer of importers) {
      connectThreads(importer, thread, startTag(plugin, version, index)).catch(() => {});
    }
  }

  /** Links a thread that takes every call. */
  link(thread: ThreadHandle): void {
    const early = this.#linkedEarly.get(thread);
    for (const importer of this.#threads()) {
      // An importer that dies meanwhile is linked when it is replaced.
      const linked = early?.has(importer)
        ? importer.ask('importIsUp', [this.#plugin, thread.id])
        : connectThreads(importer, thread);
      linked.catch(() => {});
    }
  }

  /** Gives a thread no more calls; those that it has go on. */
  leave(thread: ThreadHandle): void {
    this.#tell((importer) => importer.ask('importLeaves', [this.#plugin, thread.id]));
  }

  /** Tells why the calls of a dead thread are rejected. */
  lose(thread: ThreadHandle, crash: LiveswapError): void {
    this.#tell((importer) => importer.ask('importDied', [this.#plugin, thread.id, crash]));
  }

  refuse(refusal: LiveswapError): void {
    this.#refusal = refusal;
    this.#tell((importer) => importer.ask('refuseImport', [this.#plugin, refusal]));
  }

  /** Admits calls again after {@link refuse}. */
  readmit(): void {
    this.#refusal = undefined;
    this.#tell((importer) => importer.ask('readmitImport', [this.#plugin]));
  }

  #tell(ask: (importer: ThreadHandle) => Promise<unknown>): void {
    // A dead importer needs to know nothing: its replacement is told how things are then.
    for (const importer of this.#threads()) ask(importer).catch(() => {});
  }
}
