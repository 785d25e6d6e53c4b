import { systemClock, type Clock } from '../core/clock.js';

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

/**
 * Within this time, the same signal again is no second request: a terminal sends Ctrl-C to all of its processes, and runners such as
 * `concurrently` pass on what they get.
 */
const ECHO_MS = 1_000;

export function interruption(clock: Pick<Clock, 'now'> = systemClock): Interruption {
  const resolves: (() => void)[] = [];
  const once = new Promise<void>((resolve) => resolves.push(resolve));
  const twice = new Promise<void>((resolve) => resolves.push(resolve));
  const controller = new AbortController();
  const now = (): void => {
    controller.abort();
    resolves.shift()?.();
  };
  const last = new Map<string, number>();
  const onSignal = (signal: NodeJS.Signals): void => {
    const at = clock.now();
    if (at - (last.get(signal) ?? -Infinity) < ECHO_MS) return;
    last.set(signal, at);
    now();
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    once,
    twice,
    now,
    signal: controller.signal,
    forget: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
