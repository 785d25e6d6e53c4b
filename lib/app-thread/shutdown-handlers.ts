/** What a process is told its end by, the usual way first. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'beforeExit'] as const;

/**
 * Runs the handlers that the app has for its end, as a process manager would: those of the first of SIGTERM, SIGINT and `beforeExit`
 * that has any, once; then those of `exit`. Resolves when they have called `process.exit`, or have settled.
 */
export async function runShutdownHandlers(): Promise<void> {
  const signal = SIGNALS.find((name) => process.listenerCount(name) > 0);
  const exited = new Promise<void>((resolve) => {
    // The thread is ended by the host, when its resources are closed as well.
    process.exit = ((code?: number) => {
      process.exitCode = code;
      resolve();
    }) as typeof process.exit;
  });
  if (signal) await Promise.race([exited, settledHandlers(signal)]);
  const handlers = process.listeners('exit');
  process.removeAllListeners('exit');
  for (const handler of handlers) handler.call(process, Number(process.exitCode ?? 0));
}

/** Those of a server that closes itself settle at once, and call `process.exit` later: there they are waited for as long as it takes. */
async function settledHandlers(signal: (typeof SIGNALS)[number]): Promise<void> {
  const handlers = process.listeners(signal as NodeJS.Signals) as ((...args: unknown[]) => unknown)[];
  const argument = signal === 'beforeExit' ? 0 : signal;
  await Promise.all(handlers.map(async (handler) => handler.call(process, argument)));
}
