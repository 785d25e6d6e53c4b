import { MessageChannel } from 'node:worker_threads';
import { LiveswapError } from '../core/errors.js';
import { outsideContext } from '../core/async-context.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import { VersionThread } from '../thread/version-thread.js';
import { createGauge } from '../pool/gauge.js';
import type { ServingThread, ThreadPool } from '../pool/thread-pool.js';

/**
 * The pool that uses each artifact. An artifact has a single `context`, which belongs to one version at a time, that is, to one
 * pool.
 */
const users = new WeakMap<ArtifactModule, InProcessPool>();

/**
 * A pool without threads: the version runs in this thread, over the same kind of link, so code that works here works in threads.
 */
export class InProcessPool implements ThreadPool {
  readonly #module: ArtifactModule;
  readonly #threads = new Set<ServingThread>();

  /** @throws LiveswapError `STATIC_LINKING` when another swapper runs the module */
  constructor(plugin: string, module: ArtifactModule) {
    if (users.has(module)) {
      throw new LiveswapError(
        'STATIC_LINKING',
        `Cannot load ${plugin}: another swapper of this process runs the same statically linked plugin; close that one first.`,
        { plugin },
      );
    }
    users.set(module, this);
    this.#module = module;
  }

  serve(): ServingThread {
    const { port1, port2 } = outsideContext(() => new MessageChannel());
    const gauge = createGauge();
    const exited = new Promise<undefined>((resolve) => {
      const importArtifact = (): Promise<ArtifactModule> => Promise.resolve(this.#module);
      // Nothing but its port refers to this thread.
      void new VersionThread({ port: port2, gauge }, importArtifact, () => resolve(undefined));
    });
    const end = async (): Promise<void> => {
      port1.close();
      await exited;
    };
    const begun = Promise.resolve();
    const imported = (): void => {};
    const thread = { port: port1, gauge, begun, environment: undefined, exited, imported, end };
    this.#threads.add(thread);
    return thread;
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#threads, (thread) => thread.end(0)));
    this.#threads.clear();
    if (users.get(this.#module) === this) users.delete(this.#module);
  }
}
