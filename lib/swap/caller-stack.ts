import { ownFolders } from '../pool/thread-files.js';

const done = new WeakSet<Error>();

/**
 * Appends the caller's stack to that of an error from a thread, leaves out liveswap's own frames in between, and returns `error`.
 * A call costs nothing more unless it fails: V8 follows the awaits back to the caller.
 */
export function addCallerStack(error: unknown): unknown {
  if (!(error instanceof Error) || done.has(error) || typeof error.stack !== 'string') return error;
  done.add(error);
  const here: { stack?: unknown } = {};
  Error.captureStackTrace(here, addCallerStack);
  // The host may have set an Error.prepareStackTrace that returns something other than a string.
  if (typeof here.stack !== 'string') return error;
  const callers = framesOf(here.stack);
  const [message, frames] = [headOf(error.stack), framesOf(error.stack)];
  if (callers.length + frames.length === 0) return error;
  Object.defineProperty(error, 'stack', {
    value: [message, ...joined(frames, callers)].join('\n'),
    configurable: true,
    writable: true,
  });
  return error;
}

const FRAME = /^ {4}at /m;

function headOf(stack: string): string {
  return stack.slice(0, startOf(stack)).trimEnd();
}

/** Returns the frames of a stack that are not of liveswap. */
function framesOf(stack: string): string[] {
  const frames = stack.slice(startOf(stack)).split('\n').filter(Boolean);
  return frames.filter((frame) => !isOurs(frame));
}

/** Appends the frames of the caller, except those that an error made in the call itself ends with. */
function joined(frames: readonly string[], callers: readonly string[]): string[] {
  const start = frames.findIndex((_, at) => frames.slice(at).every((frame, n) => frame === callers[n]));
  return [...(start < 0 ? frames : frames.slice(0, start)), ...callers];
}

function startOf(stack: string): number {
  const at = stack.search(FRAME);
  return at < 0 ? stack.length : at;
}

function isOurs(frame: string): boolean {
  if (
    frame.includes(import.meta.url) ||
    /[\\/]lib[\\/]swap[\\/](?:caller|generation|plugin-handle)\.[jt]s/.test(frame)
  )
    return true;
  return ownFolders().some((folder) => frame.includes(folder));
}
