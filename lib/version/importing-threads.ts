import { startTag } from '../core/chain.js';
import type { LiveswapError } from '../core/errors.js';
import { connectThreads } from './connect-threads.js';
import type { ThreadHandle } from './thread-handle.js';

/** The threads of the versions that import one plugin: they are told about its threads, to which they have direct links. */
export class ImportingThreads {
  readonly #plugin: string;
  readonly #threads: () => readonly ThreadHandle[];
  /** For each thread of the plugin, the importers while it came up, and whether they could be linked to it then. */
  readonly #linkedEarly = new WeakMap<ThreadHandle, ReadonlyMap<ThreadHandle, Promise<boolean>>>();
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
    const tag = startTag(plugin, version, index);
    const early = this.#threads().map(
      (importer) => [importer, connectThreads(importer, thread, tag).catch(() => false)] as const,
    );
    this.#linkedEarly.set(thread, new Map(early));
  }

  /** Links a thread that takes every call. */
  link(thread: ThreadHandle): void {
    const early = this.#linkedEarly.get(thread);
    for (const importer of this.#threads()) {
      // An importer that dies meanwhile is linked when it is replaced.
      this.#link(importer, thread, early?.get(importer)).catch(() => {});
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

  async #link(importer: ThreadHandle, thread: ThreadHandle, early?: Promise<boolean>): Promise<void> {
    // The message is sent before the early link is confirmed, so that all later requests to the importer find the thread up.
    const up = early && importer.ask('importIsUp', [this.#plugin, thread.id]);
    const told = up?.then(
      () => true,
      () => false,
    );
    const [isLinked, isTold] = await Promise.all([early, told]);
    if (!isLinked || !isTold) await connectThreads(importer, thread);
  }

  #tell(ask: (importer: ThreadHandle) => Promise<unknown>): void {
    // A dead importer needs no news: its replacement is told the present state.
    for (const importer of this.#threads()) ask(importer).catch(() => {});
  }
}
