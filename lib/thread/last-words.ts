import type { RemoteObject } from '../link/remote-object.js';

/**
 * Tells the host why this thread dies: where `process.exit` was called, or which error nobody caught. In the second case, `leave`
 * is called, because Node would end the thread in the middle of native work.
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
    // An uncaught-exception handler of the plugin's own deals with the error.
    if (process.listenerCount('uncaughtException') > 1) return;
    say('crashed', error);
    leave();
  });
}

/** Returns the stack of the place where `callee` was called. */
function stackOf(callee: (...args: never[]) => unknown): string {
  const trace = { stack: '' };
  Error.captureStackTrace(trace, callee);
  return trace.stack;
}
