import { EventEmitter } from 'node:events';
import type { RemoteObject } from '../link/remote-object.js';
import { despiteAll } from './despite-all.js';

/** Reactions to the death of a thread. */
export interface LastWordsOptions {
  /** Ends the thread once its native work is done: Node would end it in the middle. */
  readonly leave: () => void;
  /**
   * Returns whether handlers decide if an uncaught error ends the thread, as they do in an app. In a plugin they only hear of it.
   */
  readonly handlersDecide: () => boolean;
}

/** Those of `process` do not tell an app of liveswap's own listeners. */
const { prototype: real } = EventEmitter;

type UncaughtEvent = 'uncaughtException' | 'unhandledRejection';

/**
 * Tells the host why this thread dies: where `process.exit` was called, or which error nobody caught. Nothing here throws, whatever
 * the code of the thread has replaced: Node aborts the whole process when its way out of an uncaught error throws.
 */
export function sayLastWords(host: RemoteObject, { leave, handlersDecide }: LastWordsOptions): void {
  const say = (method: 'exiting' | 'crashed', args: () => readonly unknown[]): void =>
    despiteAll(() => void host.call(method, args()).catch(() => {}));
  /** An error that is told to the host once the handlers have run. */
  let uncaught: { readonly error: unknown } | undefined;
  const exit = process.exit.bind(process);
  const crash = (error: unknown): void => {
    // Handlers of `exit` run meanwhile.
    uncaught = { error };
    say('crashed', () => [error]);
    despiteAll(leave, () => exit(1));
  };
  const told = (code?: number | string | null): never => {
    // Handlers often end with `process.exit`: the error is the cause then.
    const { error } = uncaught ?? {};
    const { exit: outermost } = process as { readonly exit: () => never };
    if (uncaught) say('crashed', () => [error]);
    // What has been put around `process.exit` is not the place of the call.
    else say('exiting', () => [code ?? process.exitCode ?? 0, stackOf(outermost) ?? stackOf(told) ?? '']);
    // An `undefined` that is given takes away `process.exitCode`.
    return code === undefined ? exit() : exit(code);
  };
  process.exit = told;
  const hear = (event: UncaughtEvent, error: unknown): void => {
    const isAlone = real.listenerCount.call(process, event) === 1;
    if (isAlone) crash(error);
    if (isAlone || handlersDecide()) return;
    uncaught = { error };
    // Output of the other handlers still reaches the host.
    process.nextTick(crash, error);
  };
  const hearDespiteAll = (event: UncaughtEvent, error: unknown): void =>
    despiteAll(
      () => hear(event, error),
      () => exit(1),
    );
  process.on('uncaughtException', (error) => hearDespiteAll('uncaughtException', error));
  hearRejections((reason) => hearDespiteAll('unhandledRejection', reason));
}

/** Calls `hear` with unhandled rejections. Node raises one as an uncaught exception only where nobody listens. */
function hearRejections(hear: (reason: unknown) => void): void {
  const event = 'unhandledRejection';
  process.on('newListener', (name, listener) => {
    if (name === event && listener !== hear && !real.rawListeners.call(process, event).includes(hear))
      process.on(event, hear);
  });
}

/** Returns the stack of the place where `callee` was called; `undefined` if nothing on the stack is a call of it. */
function stackOf(callee: (...args: never[]) => unknown): string | undefined {
  const trace = { stack: '' };
  Error.captureStackTrace(trace, callee);
  return trace.stack.includes('\n') ? trace.stack : undefined;
}
