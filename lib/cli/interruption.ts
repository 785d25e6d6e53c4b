/** Requests to end the process, from signals or from a call of `now`. */
export interface Interruption {
  /** Resolves at the first request. */
  readonly once: Promise<void>;
  /** Resolves at the second request. */
  readonly twice: Promise<void>;
  readonly now: () => void;
  /** Aborted at the first request. */
  readonly signal: AbortSignal;
  readonly forget: () => void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;

export function interruption(): Interruption {
  const resolves: (() => void)[] = [];
  const once = new Promise<void>((resolve) => resolves.push(resolve));
  const twice = new Promise<void>((resolve) => resolves.push(resolve));
  const controller = new AbortController();
  const now = (): void => {
    controller.abort();
    resolves.shift()?.();
  };
  for (const signal of signals) process.on(signal, now);
  return {
    once,
    twice,
    now,
    signal: controller.signal,
    forget: () => {
      for (const signal of signals) process.off(signal, now);
    },
  };
}
