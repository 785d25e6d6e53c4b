import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Carrier } from '../core/carrier.js';
import { factsOf } from '../sockets/host/socket-end.js';
import { Channels } from './exchange/channel.js';
import { NodeExchange } from './exchange/node-exchange.js';
import type { HttpTunnels } from './http-tunnels.js';
import { retryHeaders, statusOf } from './statuses.js';
import { answerStatus } from './thread/answer.js';
import type { ConnectionLabel } from './thread-options.js';

/** A request for a plugin. */
export interface Asked {
  readonly mount: string;
  /** The request's target, without the mount. */
  readonly target: string;
  /** True when the client still waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean;
}

const READ_BY_OTHERS =
  'The body of a request was read before it came to a plugin, which answers with 500: use the handler of the plugin before what parses bodies.';

/** Sends requests that the host has parsed to the threads, over channels of their clients. */
export class Clients {
  readonly #tunnels: HttpTunnels;
  readonly #channels = new WeakMap<object, Map<string, Channels>>();
  #hasWarned = false;

  constructor(tunnels: HttpTunnels) {
    this.#tunnels = tunnels;
  }

  ask(req: IncomingMessage, res: ServerResponse, { mount, target, expectsContinue }: Asked): void {
    if (isReadByOthers(req)) {
      if (!this.#hasWarned) process.emitWarning(READ_BY_OTHERS, 'LiveswapWarning');
      this.#hasWarned = true;
      return answerStatus(res, this.#tunnels.statuses.failed);
    }
    let carrier: Carrier | undefined;
    try {
      carrier = this.#tunnels.carrierHere();
    } catch (cause) {
      return this.#refuse(res, cause);
    }
    const channel = this.#of(req, mount).take();
    NodeExchange.run({ req, res, channel, target, expectsContinue, carrier }, (one, cause) =>
      this.#refuse(one, cause),
    );
  }

  /** Answers a request that no plugin has answered. */
  #refuse(res: ServerResponse, cause: unknown): void {
    answerStatus(res, statusOf(cause, this.#tunnels.statuses), retryHeaders(cause));
  }

  #of({ socket }: IncomingMessage, mount: string): Channels {
    let byMount = this.#channels.get(socket);
    if (!byMount) {
      const made = new Map<string, Channels>();
      byMount = made;
      this.#channels.set(socket, made);
      socket.once('close', () => {
        for (const channels of made.values()) channels.close();
      });
    }
    let channels = byMount.get(mount);
    if (!channels) {
      const label: ConnectionLabel = { mount, isParsed: true };
      channels = new Channels({ ...factsOf(socket), label }, this.#tunnels.switchboard);
      byMount.set(mount, channels);
    }
    return channels;
  }
}

/** Returns whether a request's body has been read in the host: the app would wait for it forever. */
function isReadByOthers({ readableEnded, headers }: IncomingMessage): boolean {
  const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
  return readableEnded && hasBody;
}
