import type { Tunnel } from '../../sockets/host/tunnel.js';

/** The threads that know a peer, and the one that knows its context and its topics as they are. */
export class ToldThreads {
  #all: Tunnel[] = [];
  /** Thread that ran the last hook, and so has the context. */
  #last: Tunnel | undefined;
  /** Thread that has all changes of the topics. */
  #withTopics: Tunnel | undefined;

  /** All that know the peer. */
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

  /** Returns whether a thread has the topics as they are. */
  haveTopics(tunnel: Tunnel): boolean {
    return this.#withTopics === tunnel;
  }

  /** A thread is told everything, and runs a hook. */
  tell(tunnel: Tunnel): void {
    if (!this.know(tunnel)) this.#all.push(tunnel);
    this.#last = tunnel;
    this.#withTopics = tunnel;
  }

  /** A thread has changed the topics. */
  changedTopics(tunnel: Tunnel): void {
    if (this.#withTopics !== tunnel) this.#withTopics = undefined;
  }

  /** A thread is gone: a socket may outlive any number of them. */
  forget(tunnel: Tunnel): void {
    this.#all = this.#all.filter((one) => one !== tunnel);
    if (this.#last === tunnel) this.#last = undefined;
    if (this.#withTopics === tunnel) this.#withTopics = undefined;
  }
}
