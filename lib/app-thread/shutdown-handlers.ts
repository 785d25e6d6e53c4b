import { constants } from 'node:os';

/** Events that announce its end to a process, the most common one first. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'beforeExit'] as const;

/** Interval between checks for remaining work, in milliseconds. */
const LOOK_MS = 20;

/** Returns whether the app has shutdown handlers of its own. */
export function hasShutdownHandlers(): boolean {
  return firstSignal() !== undefined;
}

/**
 * Runs the app's own shutdown handlers once, as a process manager would: those of the first event among SIGTERM, SIGINT and
 * `beforeExit` that has any. Resolves when a process would have ended: `process.exit` was called, or no work is left. Without
 * handlers, it resolves at once. The result is whether connections that are open would have ended with the process.
 */
export async function runShutdownHandlers(): Promise<boolean> {
  const signal = firstSignal();
  const exited = new Promise<true>((resolve) => {
    // The thread is ended once the host has released it.
    process.exit = ((code?: number) => {
      process.exitCode = code ?? process.exitCode;
      resolve(true);
    }) as typeof process.exit;
  });
  if (!signal) return true;
  const settled = settledHandlers(signal);
  // Handlers such as `server.close(() => process.exit())` settle long before they are done.
  const done = signal === 'beforeExit' ? settled.then(() => true) : settled.then(nothingLeft);
  return Promise.race([exited, done]);
}

function firstSignal(): (typeof SIGNALS)[number] | undefined {
  return SIGNALS.find((name) => process.listenerCount(name) > 0);
}

async function settledHandlers(signal: (typeof SIGNALS)[number]): Promise<void> {
  const handlers = process.listeners(signal as NodeJS.Signals) as ((...args: unknown[]) => unknown)[];
  const args = signal === 'beforeExit' ? [0] : [signal, constants.signals[signal]];
  await Promise.all(handlers.map(async (handler) => handler.apply(process, args)));
}

/** Resolves when nothing but the links to the host, and the connections that come by them, keeps the thread alive. */
async function nothingLeft(): Promise<false> {
  const isLeft = (): boolean => process.getActiveResourcesInfo().some((kind) => kind !== 'MessagePort');
  // A timer of this check does not count while it is not running.
  while (isLeft()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return false;
}
