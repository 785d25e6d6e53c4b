import { EventEmitter } from 'node:events';

/** Events of a process to which liveswap listens. */
const EVENTS = ['uncaughtException', 'exit', 'newListener'] as const;

type Listener = (...args: unknown[]) => void;

/**
 * Hides the listeners that `process` has so far from an app: libraries ask whether theirs are the only ones, and end the process if
 * so. Removing all listeners leaves these.
 */
export function hideListeners(): void {
  const { prototype: real } = EventEmitter;
  const emitter: EventEmitter = process;
  const hidden = new Map<string | symbol, readonly Listener[]>(
    EVENTS.map((event) => [event, real.rawListeners.call(emitter, event) as Listener[]]),
  );
  const visible = (event: string | symbol): Listener[] => {
    const own = hidden.get(event);
    const all = real.rawListeners.call(emitter, event) as Listener[];
    return own ? all.filter((listener) => !own.includes(listener)) : all;
  };
  const clear = (event: string | symbol): void => {
    real.removeAllListeners.call(emitter, event);
    for (const listener of hidden.get(event) ?? []) emitter.on(event, listener);
  };
  Object.assign(emitter, {
    rawListeners: visible,
    // Those that are called once are wrapped.
    listeners: (event: string | symbol) =>
      visible(event).map((one) => (one as { readonly listener?: Listener }).listener ?? one),
    listenerCount: (event: string | symbol, listener?: Listener) =>
      listener ? real.listenerCount.call(emitter, event, listener) : visible(event).length,
    eventNames: () => real.eventNames.call(emitter).filter((event) => visible(event).length > 0),
    removeAllListeners: (...events: readonly (string | symbol)[]) => {
      for (const event of events.length > 0 ? events.slice(0, 1) : real.eventNames.call(emitter))
        clear(event);
      return emitter;
    },
  });
}
