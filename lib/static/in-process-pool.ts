import { MessageChannel } from 'node:worker_threads';
import { LiveswapError } from '../core/errors.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import { VersionThread } from '../thread/version-thread.js';
import { createGauge } from '../pool/gauge.js';
import type { ServingThread, ThreadPool } from '../pool/thread-pool.js';

/** An artifact has one `context`: it belongs to one version at a time, that is, to one pool. */
const users = new WeakMap<ArtifactModule, InProcessPool>();

/** A pool without threads: the version runs in this one, over the same link, so what works here works in threads. */
export class InProcessPool implements ThreadPool {
  readonly #plugin: string;
  readonly #module: ArtifactModule;
  readonly #ends = new Set<() => void>();

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
    this.#plugin = plugin;
    this.#module = module;
  }

  serve(): ServingThread {
    const { port1, port2 } = new MessageChannel();
    const gauge = createGauge();
    const thread = new VersionThread({ port: port2, gauge }, () => Promise.resolve(this.#module));
    let end = (): void => {};
    const exited = new Promise<undefined>((resolve) => {
      end = () => {
        thread.close(new LiveswapError('RETIRED', `${this.#plugin} was unloaded.`, { plugin: this.#plugin }));
        resolve(undefined);
      };
    });
    this.#ends.add(end);
    return { port: port1, gauge, exited, terminate: end };
  }

  async close(): Promise<void> {
    for (const end of this.#ends) end();
    this.#ends.clear();
    if (users.get(this.#module) === this) users.delete(this.#module);
  }
}
