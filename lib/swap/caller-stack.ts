const done = new WeakSet<Error>();

/**
 * Appends the caller's stack to that of an error from a thread, and returns `error`. It costs nothing until a call fails: V8
 * follows the awaits back to the caller.
 */
export function addCallerStack(error: unknown): unknown {
  if (!(error instanceof Error) || done.has(error) || typeof error.stack !== 'string') return error;
  done.add(error);
  const here: { stack?: unknown } = {};
  Error.captureStackTrace(here, addCallerStack);
  // The host may have set an Error.prepareStackTrace that returns something other than a string.
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
