const done = new WeakSet<Error>();

/**
 * Puts the caller's stack below the one an error brought from its thread. It costs nothing until a call fails: V8
 * follows the awaits back to the caller. Returns `error`.
 */
export function addCallerStack(error: unknown): unknown {
  if (!(error instanceof Error) || done.has(error) || typeof error.stack !== 'string') return error;
  done.add(error);
  const here: { stack?: unknown } = {};
  Error.captureStackTrace(here, addCallerStack);
  // A host may have set an Error.prepareStackTrace that makes something else of it.
  if (typeof here.stack !== 'string') return error;
  const frames = here.stack.split('\n').slice(1);
  const callers = frames.filter(
    (frame) => !frame.includes(import.meta.url) && !/[\\/]swap[\\/]caller\.[jt]s/.test(frame),
  );
  if (callers.length === 0) return error;
  Object.defineProperty(error, 'stack', {
    value: `${error.stack}\n${callers.join('\n')}`,
    configurable: true,
    writable: true,
  });
  return error;
}
