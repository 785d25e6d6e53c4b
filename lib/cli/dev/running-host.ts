import { LiveswapError } from '../../core/errors.js';
import type { Swapper } from '../../swap/swapper.js';
import { importHost, type Host } from './host.js';

/** A host that serves with a swapper, and can be started anew. */
export class RunningHost {
  readonly #file: string;
  readonly #swapper: Swapper;
  #host: Host;
  #end: unknown;

  constructor(file: string, host: Host, swapper: Swapper) {
    this.#file = file;
    this.#host = host;
    this.#swapper = swapper;
  }

  /** Absolute paths of the files that its code came from. */
  get files(): readonly string[] {
    return this.#host.files;
  }

  async start(): Promise<void> {
    this.#end = await this.#host.serve(this.#swapper);
  }

  /** Calls what the host has returned; returns whether that was a function. */
  async stop(): Promise<boolean> {
    const end = this.#end;
    this.#end = undefined;
    if (typeof end !== 'function') return false;
    await (end as () => unknown)();
    return true;
  }

  /**
   * Runs the code that is on disk now. The plugins and what they do go on.
   *
   * @throws LiveswapError `OPTION_INVALID` when the host cannot be ended, `BUILD_FAILED` when it cannot be bundled: it serves on.
   */
  async restart(): Promise<void> {
    const host = await importHost(this.#file);
    if (!(await this.stop())) throw notEnding(this.#file);
    this.#host = host;
    await this.start();
  }
}

function notEnding(file: string): LiveswapError {
  return new LiveswapError(
    'OPTION_INVALID',
    `Cannot start the host ${file} anew: its default export returned no function that ends it; return one, or end dev and start it again.`,
    { option: 'host', file },
  );
}
