import type { RemoteObject } from '../link/remote-object.js';

/** Reactions to the death of a thread. */
export interface LastWordsOptions {
  /** Ends the thread once its native work is done: Node would end it in the middle. */
  readonly leave: () => void;
  /**
   * Returns whether handlers decide if an uncaught error ends the thread, as they do in an app. In a plugin they only hear of it.
   */
  readonly handlersDecide: () => boolean;
}

type UncaughtEvent = 'uncaughtException' | 'unhandledRejection';

/** Tells the host why this thread dies: where `process.exit` was called, or which error nobody caught. */
export function sayLastWords(host: RemoteObject, { leave, handlersDecide }: LastWordsOptions): void {
  const say = (method: 'exiting' | 'crashed', ...args: unknown[]): void =>
    void host.call(method, args).catch(() => {});
  /** An error that is told to the host once the handlers have run. */
  let uncaught: { readonly error: unknown } | undefined;
  const crash = (error: unknown): void => {
    say('crashed', error);
    leave();
  };
  const exit = process.exit.bind(process);
  const told = (code?: number | string | null): never => {
    // Handlers often end with `process.exit`: the error is the cause then.
    if (uncaught) say('crashed', uncaught.error);
    else say('exiting', code ?? process.exitCode ?? 0, stackOf(told));
    return exit(code);
  };
  process.exit = told;
  const hear = (event: UncaughtEvent, error: unknown): void => {
    const isAlone = process.listenerCount(event) === 1;
    if (isAlone) crash(error);
    if (isAlone || handlersDecide()) return;
    uncaught = { error };
    // Output of the other handlers still reaches the host.
    process.nextTick(crash, error);
  };
  process.on('uncaughtException', (error) => hear('uncaughtException', error));
  hearRejections((reason) => hear('unhandledRejection', reason));
}

/** Calls `hear` with unhandled rejections. Node raises one as an uncaught exception only where nobody listens. */
function hearRejections(hear: (reason: unknown) => void): void {
  const event = 'unhandledRejection';
  process.on('newListener', (name, listener) => {
    if (name === event && listener !== hear && !process.listeners(event).includes(hear))
      process.on(event, hear);
  });
}

/** Returns the stack of the place where `callee` was called. */
function stackOf(callee: (...args: never[]) => unknown): string {
  const trace = { stack: '' };
  Error.captureStackTrace(trace, callee);
  return trace.stack;
}
