import type { HttpServer } from '../../http/http-server.js';
import { serve } from '../../http/serve.js';
import type { Swapper } from '../../swap/swapper.js';
import { tell } from './tell.js';

/** The port on which `dev` serves the web apps that it builds. */
export class DevPort {
  readonly #swapper: Swapper;
  readonly #port: number;
  readonly #hostname: string;
  #server: HttpServer | undefined;

  constructor(swapper: Swapper, port: number, hostname: string) {
    this.#swapper = swapper;
    this.#port = port;
    this.#hostname = hostname;
  }

  async start(): Promise<void> {
    this.#server = await serve(this.#swapper, { port: this.#port, hostname: this.#hostname });
    tell('serving', this.#server.url);
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }
}
