import type { Tunnel } from '../../sockets/host/tunnel.js';

/** Threads that know a peer, and the ones that have its latest context and topics. */
export class ToldThreads {
  #all: readonly Tunnel[] = [];
  /** Thread that ran the last hook, and so has the context. */
  #last: Tunnel | undefined;
  /** Thread that has all changes of the topics. */
  #withTopics: Tunnel | undefined;

  /** The thread that ran the last hook. */
  get last(): Tunnel | undefined {
    return this.#last;
  }

  /** Every thread that knows the peer. */
  get all(): readonly Tunnel[] {
    return this.#all;
  }

  /** Returns whether a thread has the facts that never change. */
  know(tunnel: Tunnel): boolean {
    return this.#last === tunnel || this.#all.includes(tunnel);
  }

  /** Returns whether a thread has the context as the last hook left it. */
  haveContext(tunnel: Tunnel): boolean {
    return this.#last === tunnel;
  }

  /** Returns whether a thread has the latest topics. */
  haveTopics(tunnel: Tunnel): boolean {
    return this.#withTopics === tunnel;
  }

  /** Notes that a thread has all facts and runs a hook. */
  tell(tunnel: Tunnel): void {
    // Each socket has such a list: one that has grown by itself would keep room for sixteen more.
    if (!this.know(tunnel)) this.#all = [...this.#all, tunnel];
    this.#last = tunnel;
    this.#withTopics = tunnel;
  }

  /** Notes that a thread has changed the topics. */
  changedTopics(tunnel: Tunnel): void {
    if (this.#withTopics !== tunnel) this.#withTopics = undefined;
  }

  /** Forgets a thread that is gone: a socket may outlive any number of threads. */
  forget(tunnel: Tunnel): void {
    this.#all = this.#all.filter((one) => one !== tunnel);
    if (this.#last === tunnel) this.#last = undefined;
    if (this.#withTopics === tunnel) this.#withTopics = undefined;
  }
}
