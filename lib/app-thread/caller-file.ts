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

/**
 * Returns the nearest place on the stack that is in a file outside liveswap; `undefined` if there is none.
 *
 * @param isMeant returns whether a file counts. Default: the first one does.
 */
export function callerFile(isMeant: (file: string) => boolean = () => true): CallPlace | undefined {
  const { stackTraceLimit } = Error;
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Error.stackTraceLimit = DEPTH;
    Error.prepareStackTrace = (_error, sites) => sites;
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, callerFile);
    const sites = holder.stack as NodeJS.CallSite[];
    const own = sites[0]?.getFileName();
    const site = sites.find((one) => {
      const file = one.getFileName() === own ? undefined : fileOf(one);
      return file !== undefined && isMeant(file);
    });
    return site && placeOf(site);
  } finally {
    if (before) Object.defineProperty(Error, 'prepareStackTrace', before);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Returns the file of a call; `undefined` for a call of the platform. */
function fileOf(site: NodeJS.CallSite): string | undefined {
  const name = site.getFileName();
  if (!name || name.startsWith('node:')) return undefined;
  return name.startsWith('file:') ? fileURLToPath(name.replace(/[?#].*$/, '')) : name;
}

/** Returns the place of a call in the file as it was written. */
function placeOf(site: NodeJS.CallSite): CallPlace {
  const line = site.getLineNumber() ?? 0;
  const column = site.getColumnNumber() ?? 0;
  const file = fileOf(site) ?? '';
  // Each lookup reads the whole source map.
  const written = findSourceMap(site.getFileName() ?? '')?.findOrigin(line, column);
  if (!written || !('lineNumber' in written)) return { file, line, column };
  return { file, line: written.lineNumber, column: written.columnNumber };
}
