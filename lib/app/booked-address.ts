import type { ListenRequest } from '../surface/listen.js';
import { addressInUse } from './address.js';
import type { OpenPort } from './open-port.js';

/** A thread's wish to listen. */
export interface Listener {
  readonly version: object;
  /** Key of the address that it asked for. */
  readonly key: string;
  request: ListenRequest;
}

/** An address of an app: its port in the host, and the threads that listen there. */
export class BookedAddress<Taker extends object> {
  /** Name of the address in its connections, which it keeps when it moves to another host. */
  readonly name: string;
  readonly opening: Promise<OpenPort<Taker>>;
  port: OpenPort<Taker> | undefined;
  /** True when the current version listens here. */
  isCurrent = false;
  #key: string;
  #request: ListenRequest;
  readonly #listeners = new Map<Taker, Listener>();

  constructor(name: string, key: string, request: ListenRequest, opening: Promise<OpenPort<Taker>>) {
    this.name = name;
    this.#key = key;
    this.#request = request;
    this.opening = opening;
  }

  get key(): string {
    return this.#key;
  }

  /** The request for which it is open where it is. */
  get request(): ListenRequest {
    return this.#request;
  }

  /** True while no thread listens here. */
  get isDeserted(): boolean {
    return this.#listeners.size === 0;
  }

  /** @throws an error with the code `EADDRINUSE` if the thread listens here already */
  enter(taker: Taker, listener: Listener): void {
    if (this.#listeners.has(taker)) throw addressInUse(listener.request);
    this.#listeners.set(taker, listener);
  }

  /** Returns the wish of a thread that listens here. */
  at(taker: Taker): Listener | undefined {
    return this.#listeners.get(taker);
  }

  remove(taker: Taker): void {
    this.#listeners.delete(taker);
    this.port?.board.remove(taker);
  }

  /** The threads of a version that listen here. */
  takersOf(version: object): Taker[] {
    return [...this.#listeners].filter(([, one]) => one.version === version).map(([taker]) => taker);
  }

  /** Returns the wish of the first thread of a version that listens here. */
  listenerOf(version: object): Listener | undefined {
    return [...this.#listeners.values()].find((one) => one.version === version);
  }

  isOpenFor(version: object): boolean {
    return this.port !== undefined && this.listenerOf(version) !== undefined;
  }

  /** Moves to the host that a version wants for the port, if it listens here. Rejects with the platform's error. */
  async moveFor(version: object): Promise<void> {
    const listener = this.listenerOf(version);
    if (listener) await this.port?.move(listener.request);
  }

  /** Moves to where {@link request} says: back there, when the version of {@link moveFor} was refused. */
  stay(): void {
    this.port?.move(this.#request).catch(() => {});
  }

  /** Is from now on where a version wants it that listens here. */
  settleFor(version: object): void {
    const listener = this.listenerOf(version);
    if (!listener || listener.key === this.#key) return;
    this.#key = listener.key;
    this.#request = listener.request;
    // A version that listens after its start was not waited for.
    this.stay();
  }
}
