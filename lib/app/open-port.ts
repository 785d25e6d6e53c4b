import type { LiveswapError } from '../core/errors.js';
import type { ListenAddress, ListenRequest } from '../surface/listen.js';

/** Receives the connections of an address, and gives each to one of several threads. */
export interface Board<Taker> {
  /** Gives new connections to these threads from now on; the others release theirs. */
  switchTo(takers: Iterable<Taker>): void;
  add(taker: Taker): void;
  remove(taker: Taker): void;
}

/** An address that is open in the host. */
export interface OpenPort<Taker> {
  readonly address: ListenAddress;
  readonly board: Board<Taker>;
  /** Applies the settings of another server on the same address from now on, such as its certificate. */
  renew(request: ListenRequest): void;
  /**
   * Listens at the host of `request` instead, unless it does so already; connections stay. Rejects with the platform's error if
   * that address is not available, and listens where it did.
   */
  move(request: ListenRequest): Promise<void>;
  /** While no thread is there, connections are refused instead of waiting, until one is added or others take over. */
  refuse(cause: LiveswapError): void;
  readonly isRefusing: boolean;
  /** Stops accepting connections. */
  close(): void;
}

/** Opens an address, whose connections carry `name`. Rejects with the platform's error if it is not available. */
export type OpenAddress<Taker> = (request: ListenRequest, name: string) => Promise<OpenPort<Taker>>;
