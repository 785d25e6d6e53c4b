import type { RemoteObject } from '../link/remote-object.js';

/**
 * Lets the host know why this thread dies: who called `process.exit`, or what nobody caught. `leave` is called in the second case:
 * the thread is not ended in the middle of native work, as Node would.
 */
export function sayLastWords(host: RemoteObject, leave: () => void): void {
  const say = (method: 'exiting' | 'crashed', ...args: unknown[]): void =>
    void host.call(method, args).catch(() => {});
  const exit = process.exit.bind(process);
  const told = (code?: number | string | null): never => {
    say('exiting', code ?? process.exitCode ?? 0, stackOf(told));
    return exit(code);
  };
  process.exit = told;
  process.on('uncaughtException', (error) => {
    // What has a handler of its own deals with it.
    if (process.listenerCount('uncaughtException') > 1) return;
    say('crashed', error);
    leave();
  });
}

/** Where `callee` was called. */
function stackOf(callee: (...args: never[]) => unknown): string {
  const trace = { stack: '' };
  Error.captureStackTrace(trace, callee);
  return trace.stack;
}
