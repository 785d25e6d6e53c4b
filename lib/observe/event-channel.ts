import { channel, type Channel } from 'node:diagnostics_channel';
import { guarded, warnOf } from './guarded.js';

type Subscriber = (message: unknown, name: string | symbol) => void;

/**
 * Opens a diagnostics channel whose subscribers cannot end the process: Node rethrows their errors as uncaught exceptions. Here,
 * the first error of a subscriber becomes a warning.
 */
export function openChannel(name: string): Channel {
  const opened = channel(name);
  // Another copy of this package in the process has already opened it.
  if (Object.hasOwn(opened, 'subscribe')) return opened;
  const guards = new WeakMap<Subscriber, Subscriber>();
  const ours = new WeakSet<Subscriber>();
  const guardOf = (subscriber: Subscriber): Subscriber => {
    if (typeof subscriber !== 'function' || ours.has(subscriber)) return subscriber;
    const guard = guards.get(subscriber) ?? guarded(subscriber, warnOf(`A subscriber of ${name}`));
    guards.set(subscriber, guard);
    ours.add(guard);
    return guard;
  };
  // The prototype is looked up each time: Node replaces it on the first subscription, and calls subscribe again.
  const inherited = (): Channel => Object.getPrototypeOf(opened) as Channel;
  Object.defineProperties(opened, {
    subscribe: {
      value: (subscriber: Subscriber) => inherited().subscribe.call(opened, guardOf(subscriber)),
    },
    unsubscribe: {
      value: (subscriber: Subscriber) => inherited().unsubscribe.call(opened, guardOf(subscriber)),
    },
  });
  return opened;
}

/** Events of many sources on one channel, and listeners to those of one source. */
export class EventChannel<Event, Message extends { readonly event: Event }> {
  readonly channel: Channel;
  readonly #sourceOf: (message: Message) => object;
  /** Listeners by source; they are garbage-collected with it. */
  readonly #listeners = new WeakMap<object, Set<(event: Event) => void>>();
  #listening = 0;

  constructor(name: string, sourceOf: (message: Message) => object) {
    this.channel = openChannel(name);
    this.#sourceOf = sourceOf;
  }

  publish(message: Message): void {
    this.channel.publish(message);
  }

  /** Calls `listener`, which must not throw, with every event of `source`, until the returned function is called. */
  subscribe(source: object, listener: (event: Event) => void): () => void {
    // The same function may be subscribed twice.
    const one = (event: Event): void => listener(event);
    const listeners = this.#listeners.get(source) ?? new Set();
    this.#listeners.set(source, listeners.add(one));
    this.#count(1);
    return () => {
      if (listeners.delete(one)) this.#count(-1);
    };
  }

  /** Removes all listeners of `source`, which has no further events. */
  forget(source: object): void {
    const listeners = this.#listeners.get(source) ?? new Set();
    this.#count(-listeners.size);
    listeners.clear();
  }

  #count(change: number): void {
    const before = this.#listening;
    this.#listening += change;
    if (before === 0 && this.#listening > 0) this.channel.subscribe(this.#route);
    if (before > 0 && this.#listening === 0) this.channel.unsubscribe(this.#route);
  }

  readonly #route = (message: unknown): void => {
    const { event } = message as Message;
    // Copy the list: a listener may add others.
    const listeners = [...(this.#listeners.get(this.#sourceOf(message as Message)) ?? [])];
    for (const listener of listeners) listener(event);
  };
}
