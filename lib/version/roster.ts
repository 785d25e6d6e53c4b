import type { Connection } from '../dispatch/connection.js';

/** A thread as a roster sees it. */
export interface RosterThread {
  readonly name: { readonly thread: number };
  readonly death: unknown;
}

/**
 * The threads of a version by their standing. Each index has a place; a thread that comes up to replace a living one stands beside
 * it, and a withdrawn one has left its place. A connection exists from when a thread takes calls until it is gone.
 */
export class Roster<Thread extends RosterThread> {
  readonly #places: (Thread | undefined)[] = [];
  readonly #coming = new Set<Thread>();
  readonly #leaving = new Set<Thread>();
  readonly #connections = new Map<Thread, Connection>();

  /** The threads that were not ended; a dead one stays until it is replaced. */
  get threads(): readonly Thread[] {
    const inPlace = this.#places.filter((thread) => thread !== undefined);
    return [...new Set([...inPlace, ...this.#coming, ...this.#leaving])];
  }

  /** The threads that have a connection, with it. */
  get connected(): Iterable<readonly [Thread, Connection]> {
    return this.#connections;
  }

  /** Returns whether a thread comes up to replace another. */
  isComing(thread: Thread): boolean {
    return this.#coming.has(thread);
  }

  /** Returns whether a thread was withdrawn. */
  isLeaving(thread: Thread): boolean {
    return this.#leaving.has(thread);
  }

  /** Returns whether a thread takes calls. */
  serves(thread: Thread): boolean {
    return this.#connections.has(thread) && !this.#leaving.has(thread) && !this.#coming.has(thread);
  }

  connectionOf(thread: Thread): Connection | undefined {
    return this.#connections.get(thread);
  }

  /** Returns the living thread in a place. */
  livingAt(index: number): Thread | undefined {
    const thread = this.#places[index];
    return thread?.death ? undefined : thread;
  }

  /** Returns the living thread that has left a place. */
  leavingFrom(index: number): Thread | undefined {
    return [...this.#leaving].find(({ death, name }) => !death && name.thread === index);
  }

  /** Puts a thread in its place. */
  place(thread: Thread): void {
    this.#places[thread.name.thread] = thread;
  }

  beginComing(thread: Thread): void {
    this.#coming.add(thread);
  }

  endComing(thread: Thread): void {
    this.#coming.delete(thread);
  }

  connect(thread: Thread, connection: Connection): void {
    this.#connections.set(thread, connection);
  }

  /** Withdraws a thread from its place. */
  leave(thread: Thread): void {
    this.#leaving.add(thread);
    const index = thread.name.thread;
    if (this.#places[index] === thread) this.#places[index] = undefined;
  }

  /** Forgets the connection of a thread, which is withdrawn no more. A dead one keeps its place. */
  disconnect(thread: Thread): void {
    this.#connections.delete(thread);
    this.#leaving.delete(thread);
  }

  /** Forgets every thread; connections exist until their threads are gone. */
  clear(): void {
    this.#places.length = 0;
    this.#coming.clear();
    this.#leaving.clear();
  }
}
