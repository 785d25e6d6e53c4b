import { thrownText } from '../core/thrown-text.js';

/**
 * Makes the error of a promise whose rejection nothing handles say the value, where that is no error itself: Node writes
 * `#<Object>`. It only watches: a handler of its own would keep the thread alive, and be counted beside those of the app.
 */
export function describeRejectedValues(): void {
  let rejected: unknown;
  const { emit } = process as { emit: (this: NodeJS.Process, event: string, ...args: unknown[]) => boolean };
  const watch = function (this: NodeJS.Process, event: string, ...args: unknown[]): boolean {
    if (event === 'unhandledRejection') [rejected] = args;
    return emit.call(this, event, ...args);
  };
  Object.assign(process, { emit: watch });
  process.on('uncaughtExceptionMonitor', (error: NodeJS.ErrnoException | undefined) => {
    if (error?.code !== 'ERR_UNHANDLED_REJECTION') return;
    error.message = `a promise was rejected with ${thrownText(rejected)}, and nothing handled it`;
  });
}
