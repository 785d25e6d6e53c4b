import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Swapper } from '../../lib/index.js';

/** The live functions of the demo's plugin. */
export interface DemoFunctions {
  live_answer(visitor: number): Promise<{ version: number; text: string }>;
  live_keepWatch(seconds: number): Promise<number>;
}

/** Counts of a server. */
export class Tally {
  requests = 0;
  failed = 0;
  /** Answers of a version older than the one that was live when the request came. */
  stale = 0;
  /** Answers by version. */
  readonly byVersion = new Map<number, number>();

  /** Counts an answer of `version` to a request that came when `liveThen` was live. */
  answered(version: number, liveThen: number): void {
    this.byVersion.set(version, (this.byVersion.get(version) ?? 0) + 1);
    if (version < liveThen) this.stale++;
  }
}

/** An HTTP server whose every request is a call of a live function. */
export class DemoServer {
  /** Counts of the requests since the tally was set. */
  tally = new Tally();
  /** The newest version whose `reload()` has resolved. */
  live = 1;
  readonly #server: Server;

  constructor(swapper: Swapper) {
    const functions = swapper.live<DemoFunctions>();
    // If the server closed an idle socket just when a client writes to it, that would look like a failed request.
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
      const { tally, live } = this;
      functions.live_answer(++tally.requests).then(
        (answer) => {
          tally.answered(answer.version, live);
          response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
        },
        (error: unknown) => {
          tally.failed++;
          response.writeHead(500).end(String(error));
        },
      );
    });
  }

  /** Listens on a free port of the loopback interface; resolves to the URL. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}
