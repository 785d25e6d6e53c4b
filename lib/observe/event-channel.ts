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

/** The listeners to one source. */
interface Audience<Event> {
  readonly listeners: Set<(event: Event) => void>;
  /** Stands for the source, without a reference to it. */
  readonly token: symbol;
}

/** Events of many sources on one channel, and listeners to those of one source. */
export class EventChannel<Event, Message extends { readonly event: Event }> {
  readonly channel: Channel;
  readonly #sourceOf: (message: Message) => object;
  /** Listeners by source; they are garbage-collected with it. */
  readonly #audiences = new WeakMap<object, Audience<Event>>();
  /** The tokens of the sources that somebody listens to: while there are any, this is a subscriber of the channel. */
  readonly #heard = new Set<symbol>();
  readonly #collected = new FinalizationRegistry<symbol>((token) => this.#note(token, false));

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
    const { listeners, token } = this.#audiences.get(source) ?? this.#gather(source);
    listeners.add(one);
    this.#note(token, true);
    return () => {
      listeners.delete(one);
      this.#note(token, listeners.size > 0);
    };
  }

  /** Removes all listeners of `source`, which has no further events. */
  forget(source: object): void {
    const audience = this.#audiences.get(source);
    if (!audience) return;
    audience.listeners.clear();
    this.#note(audience.token, false);
  }

  #gather(source: object): Audience<Event> {
    const audience: Audience<Event> = { listeners: new Set(), token: Symbol('source') };
    this.#audiences.set(source, audience);
    this.#collected.register(source, audience.token);
    return audience;
  }

  /** Takes note of whether somebody listens to a source. */
  #note(token: symbol, isHeard: boolean): void {
    const before = this.#heard.size;
    if (isHeard) this.#heard.add(token);
    else this.#heard.delete(token);
    const now = this.#heard.size;
    if (before === 0 && now > 0) this.channel.subscribe(this.#route);
    if (before > 0 && now === 0) this.channel.unsubscribe(this.#route);
  }

  readonly #route = (message: unknown): void => {
    const { event } = message as Message;
    // Copy the list: a listener may add others.
    const listeners = [...(this.#audiences.get(this.#sourceOf(message as Message))?.listeners ?? [])];
    for (const listener of listeners) listener(event);
  };
}
