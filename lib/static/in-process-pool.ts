import { MessageChannel } from 'node:worker_threads';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import { VersionThread } from '../plugin/version-thread.js';
import { createGauge } from '../pool/gauge.js';
import type { ServingThread, ThreadPool } from '../pool/thread-pool.js';

/** A pool without threads: the version runs in this one, over the same link, so what works here works in threads. */
export class InProcessPool implements ThreadPool {
  readonly #module: ArtifactModule;
  readonly #ends = new Set<() => void>();

  constructor(module: ArtifactModule) {
    this.#module = module;
  }

  serve(): ServingThread {
    const { port1, port2 } = new MessageChannel();
    const gauge = createGauge();
    const thread = new VersionThread({ port: port2, gauge }, () => Promise.resolve(this.#module));
    let end = (): void => {};
    const exited = new Promise<undefined>((resolve) => {
      end = () => {
        thread.close(new Error('The plugin was unloaded.'));
        resolve(undefined);
      };
    });
    this.#ends.add(end);
    return { port: port1, gauge, exited, terminate: end };
  }

  async close(): Promise<void> {
    for (const end of this.#ends) end();
    this.#ends.clear();
  }
}
