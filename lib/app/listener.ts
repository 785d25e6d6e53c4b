import { lookup } from 'node:dns/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turnEnd } from 'node:timers/promises';
import { clearTimeout, setTimeout } from '../core/timers.js';
import type { ListenAddress, ListenRequest } from '../surface/listen.js';
import { addressKey } from './address.js';

/** Pause before an address that another process has taken meanwhile is tried again, in milliseconds. */
const RETRY_MS = 500;

/** Most turns of the event loop for which a server that moves still accepts what the system has taken for it. */
const MOST_TURNS = 1_000;

/** Listens at an address of the app, which may move to another host of its port. */
export class Listener {
  readonly #accept: (socket: Socket) => void;
  #server: Server;
  #request: ListenRequest;
  /** Settles when the last move has ended. */
  #moved: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #address!: ListenAddress;
  #isClosed = false;

  private constructor(request: ListenRequest, accept: (socket: Socket) => void) {
    this.#request = request;
    this.#accept = accept;
    this.#server = serverFor(accept);
  }

  /** Rejects with the platform's error if the address is not available. */
  static async open(request: ListenRequest, accept: (socket: Socket) => void): Promise<Listener> {
    const listener = new Listener(request, accept);
    listener.#address = await listening(listener.#server, request);
    return listener;
  }

  /** Where it listens, or listened last. */
  get address(): ListenAddress {
    return this.#address;
  }

  /** Listens by another request, unless it does so already. If that fails, it listens where it did, and the promise rejects. */
  move(request: ListenRequest): Promise<void> {
    const moved = this.#moved.then(() => this.#move(request));
    this.#moved = moved.catch(() => {});
    return moved;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#server.close();
  }

  async #move(request: ListenRequest): Promise<void> {
    const former = this.#request;
    const isThere = this.#server.listening && addressKey(request, 0) === addressKey(former, 0);
    if (isThere || this.#isClosed) return;
    // A name is looked up before: nothing listens between the two servers, so this time must be short.
    const { host } = request;
    const next = host === undefined ? request : { ...request, host: (await lookup(host)).address };
    await this.#acceptWaiting();
    if (this.#isClosed) return;
    try {
      await this.#replace(next);
      this.#request = request;
    } catch (error) {
      await this.#replace(former).catch(() => this.#tryAgain());
      throw error;
    }
  }

  /** Another process has taken the address while nothing listened there: the app must not stay deaf once that is free again. */
  #tryAgain(): void {
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => void this.move(this.#request).catch(() => {}), RETRY_MS);
  }

  async #replace(request: ListenRequest): Promise<void> {
    clearTimeout(this.#retry);
    this.#server.close();
    this.#server = serverFor(this.#accept);
    this.#address = await listening(this.#server, request);
    if (this.#isClosed) this.#server.close();
  }

  /** Accepts connections that the system has taken: with their server, they would be reset. */
  async #acceptWaiting(): Promise<void> {
    let hasAccepted = true;
    const note = (): void => {
      hasAccepted = true;
    };
    this.#server.on('connection', note);
    // The platform accepts one connection a turn.
    for (let turns = 0; hasAccepted && turns < MOST_TURNS; turns++) {
      hasAccepted = false;
      await turnEnd();
      await turnEnd();
    }
    this.#server.off('connection', note);
  }
}

function serverFor(accept: (socket: Socket) => void): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, accept);
}

/** Resolves to the address at which the server listens. */
function listening(
  server: Server,
  { tls: _tls, scheme: _scheme, calledAt: _calledAt, ...where }: ListenRequest,
): Promise<ListenAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The platform tells nothing else of a server that is closed while its host is looked up.
    server.once('close', () => reject(new Error('The server was closed before it listened.')));
    server.listen(where, () => {
      server.off('error', reject);
      // A connection that cannot be accepted does not affect the others.
      server.on('error', () => {});
      const address = server.address() as AddressInfo | string;
      resolve(typeof address === 'string' ? address : { ...address });
    });
  });
}
