import { LiveswapError } from '../../core/errors.js';
import type { Swapper } from '../../swap/swapper.js';
import { importHost, type Host } from './host.js';

/** A host that serves with a swapper and can be restarted. */
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

  /** Absolute paths of the files that the host's code came from. */
  get files(): readonly string[] {
    return this.#host.files;
  }

  async start(): Promise<void> {
    this.#end = await this.#host.serve(this.#swapper);
  }

  /** Calls the function that the host returned. Returns false when the host returned none. */
  async stop(): Promise<boolean> {
    const end = this.#end;
    this.#end = undefined;
    if (typeof end !== 'function') return false;
    await (end as () => unknown)();
    return true;
  }

  /**
   * Runs the host's code as it is on disk now. The plugins keep running, with all their work.
   *
   * @throws LiveswapError `OPTION_INVALID` when the host cannot be ended, `BUILD_FAILED` when it cannot be bundled; the old host
   * then serves on.
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
