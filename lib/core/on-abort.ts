type Listener = (reason: unknown) => void;

interface Watch {
  readonly listeners: Set<Listener>;
  /** Stops listening to the signal. */
  readonly end: () => void;
}

const watches = new WeakMap<AbortSignal, Watch>();

/**
 * Calls `listener` when `signal` is aborted; the returned function removes it. A signal that many calls share gets only one
 * listener from here, because Node warns of a leak from the eleventh on.
 */
export function onAbort(signal: AbortSignal, listener: Listener): () => void {
  const { listeners, end } = watches.get(signal) ?? watch(signal);
  listeners.add(listener);
  return () => {
    if (listeners.delete(listener) && listeners.size === 0) end();
  };
}

function watch(signal: AbortSignal): Watch {
  const listeners = new Set<Listener>();
  const tell = (): void => {
    watches.delete(signal);
    for (const listener of listeners) listener(signal.reason);
  };
  const end = (): void => {
    watches.delete(signal);
    signal.removeEventListener('abort', tell);
  };
  const watched = { listeners, end };
  watches.set(signal, watched);
  signal.addEventListener('abort', tell, { once: true });
  return watched;
}
