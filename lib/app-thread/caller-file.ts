import { fileURLToPath } from 'node:url';

/** Place from which a function was called. */
export interface CallPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The place in a file outside of liveswap that called the function which asks; `undefined` when no file did. */
export function callerFile(): CallPlace | undefined {
  const { stackTraceLimit } = Error;
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Error.stackTraceLimit = 6;
    Error.prepareStackTrace = (_error, sites) => sites;
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, callerFile);
    const sites = holder.stack as NodeJS.CallSite[];
    const own = sites[0]?.getFileName();
    const site = sites.find((one) => one.getFileName() && one.getFileName() !== own);
    const name = site?.getFileName();
    if (!site || !name) return undefined;
    const file = name.startsWith('file:') ? fileURLToPath(name.replace(/[?#].*$/, '')) : name;
    return { file, line: site.getLineNumber() ?? 0, column: site.getColumnNumber() ?? 0 };
  } finally {
    if (before) Object.defineProperty(Error, 'prepareStackTrace', before);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
    Error.stackTraceLimit = stackTraceLimit;
  }
}
