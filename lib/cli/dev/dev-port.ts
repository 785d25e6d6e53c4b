import type { HttpServer } from '../../http/http-server.js';
import type { ServeOptions } from '../../http/options.js';
import { serve } from '../../http/serve.js';
import type { Swapper } from '../../swap/swapper.js';
import { tell } from '../tell.js';

/** Place of a {@link DevPort}, and the plugins that answer there. */
export type DevPortOptions = Pick<ServeOptions, 'port' | 'hostname' | 'mount'>;

/** The port on which `dev` serves the web apps that it builds. */
export class DevPort {
  readonly #swapper: Swapper;
  readonly #options: DevPortOptions;
  #server: HttpServer | undefined;

  constructor(swapper: Swapper, options: DevPortOptions) {
    this.#swapper = swapper;
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#server = await serve(this.#swapper, this.#options);
    tell('serving', this.#server.url);
  }

  /** Stops listening. Open connections end with the swapper, which ends streams that may have no end of their own. */
  stop(): void {
    void this.#server?.close();
  }
}
