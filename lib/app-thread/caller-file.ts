import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Number of frames that are looked at, because frameworks call on behalf of the app. */
const DEPTH = 20;

/** Place from which a function was called. */
export interface CallPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A frame of a stack, with the name of its script as the platform tells it. */
interface Frame {
  readonly name: string | null | undefined;
  readonly line: number;
  readonly column: number;
}

/**
 * Returns the nearest place on the stack that is in a file outside liveswap; `undefined` if there is none.
 *
 * @param isMeant returns whether a file counts. Default: the first one does.
 */
export function callerFile(isMeant: (file: string) => boolean = () => true): CallPlace | undefined {
  const frames = framesAbove(callerFile);
  const own = frames[0]?.name;
  const frame = frames.find(({ name }) => {
    const file = name === own ? undefined : fileOf(name);
    return file !== undefined && isMeant(file);
  });
  return frame && placeOf(frame);
}

/** Returns the frames above a call of `callee`. Settings of `Error` that cannot be changed (`--frozen-intrinsics`) stay. */
function framesAbove(callee: (...args: never[]) => unknown): readonly Frame[] {
  const { stackTraceLimit } = Error;
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Reflect.set(Error, 'stackTraceLimit', DEPTH);
    Reflect.set(Error, 'prepareStackTrace', (_error: Error, sites: NodeJS.CallSite[]) => sites);
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, callee);
    return typeof holder.stack === 'string'
      ? printedFrames(holder.stack)
      : (holder.stack as NodeJS.CallSite[]).map(frameOf);
  } finally {
    if (before) Reflect.defineProperty(Error, 'prepareStackTrace', before);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

function frameOf(site: NodeJS.CallSite): Frame {
  return { name: site.getFileName(), line: site.getLineNumber() ?? 0, column: site.getColumnNumber() ?? 0 };
}

/** Reads frames such as `at listen (/srv/server.js:3:8)` and `at file:///srv/server.js:3:8`. */
function printedFrames(stack: string): readonly Frame[] {
  return [...stack.matchAll(/^ +at (?:async )?(?:.* \()?(.+):(\d+):(\d+)\)?$/gm)].map(
    ([, name, line, column]) => ({ name, line: Number(line), column: Number(column) }),
  );
}

/** Returns the file of a script; `undefined` for one of the platform. */
function fileOf(name: string | null | undefined): string | undefined {
  if (!name || name.startsWith('node:')) return undefined;
  return name.startsWith('file:') ? fileURLToPath(name.replace(/[?#].*$/, '')) : name;
}

/** Returns the place of a call in the file as it was written. */
function placeOf({ name, line, column }: Frame): CallPlace {
  const file = fileOf(name) ?? '';
  // Each lookup reads the whole source map.
  const written = findSourceMap(name ?? '')?.findOrigin(line, column);
  if (!written || !('lineNumber' in written)) return { file, line, column };
  return { file, line: written.lineNumber, column: written.columnNumber };
}
