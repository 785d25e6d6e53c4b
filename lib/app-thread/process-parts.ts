import cluster from 'node:cluster';
import type { EventEmitter } from 'node:events';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { syncBuiltinESMExports } from 'node:module';
import { constants } from 'node:os';
import { inspect } from 'node:util';
import type { ProcessChange } from '../surface/app-notes.js';

/** Changes the host's process while the app waits. Returns false on failure. */
export type ChangeProcess = (change: ProcessChange) => boolean;

const { signals } = constants;

/** Signals that end a process without a handler. */
const DEADLY = new Set<unknown>([
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGKILL',
  'SIGABRT',
  15,
  2,
  1,
  3,
  9,
  6,
]);
const NAMES: Readonly<Record<number, NodeJS.Signals>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  9: 'SIGKILL',
  15: 'SIGTERM',
};
const IDENTITY = ['setuid', 'seteuid', 'setgid', 'setegid', 'setgroups', 'initgroups'] as const;

/**
 * Makes a thread act as the app's process: `chdir`, `umask` and `title` change the host's process, while a signal to itself stays
 * in the thread. Unsupported functions throw an error with their name.
 */
export function adoptProcess(change: ChangeProcess): void {
  process.chdir = (folder) => changeFolder(folder, change);
  adoptUmask(change);
  // A child can be given the streams of a thread only by the descriptors of the process.
  for (const [fd, stream] of [process.stdin, process.stdout, process.stderr].entries())
    Object.assign(stream, { fd });
  let { title } = process;
  Object.defineProperty(process, 'title', {
    configurable: true,
    enumerable: true,
    get: () => title,
    set: (value: unknown) => {
      title = String(value);
      change({ what: 'title', to: title });
    },
  });
  const kill = process.kill.bind(process);
  // Node also accepts ids as strings.
  process.kill = (pid: number | string, signal = 'SIGTERM') =>
    Number(pid) === process.pid ? killSelf(signal) : kill(pid as number, signal);
  for (const name of IDENTITY)
    Object.assign(process, {
      [name]: () => refuse(`process.${name}()`, 'start liveswap as the user that the server is to run as'),
    });
  Object.assign(process, {
    abort: () => refuse('process.abort()', 'call process.exit(), which ends the thread'),
  });
  Object.assign(cluster, {
    fork: () => refuse('cluster.fork()', 'start the file that listens, with --threads for more than one'),
  });
  syncBuiltinESMExports();
}

function changeFolder(folder: string, change: ChangeProcess): void {
  if (typeof folder !== 'string')
    throw Object.assign(new TypeError('The "directory" argument must be of type string.'), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
  const to = resolve(folder);
  if (to === process.cwd()) return;
  const isFolder = statSync(to, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder && change({ what: 'cwd', to })) return;
  const code = isFolder === false ? 'ENOTDIR' : 'ENOENT';
  const problem = isFolder === false ? 'not a directory' : 'no such file or directory';
  throw Object.assign(new Error(`${code}: ${problem}, chdir '${process.cwd()}' -> '${folder}'`), {
    code,
    syscall: 'chdir',
    path: process.cwd(),
    dest: folder,
  });
}

function adoptUmask(change: ChangeProcess): void {
  const umask = process.umask.bind(process);
  process.umask = (mask?: string | number) => {
    const before = umask();
    if (mask === undefined) return before;
    if (change({ what: 'umask', to: typeof mask === 'string' ? Number.parseInt(mask, 8) : mask }))
      return before;
    const error = new TypeError(
      `The argument 'mask' must be a 32-bit unsigned integer or an octal string. Received ${inspect(mask)}`,
    );
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_VALUE' });
  };
}

/** Handles a signal of the app to itself: its handlers run, and without one the app ends. The host's process is not affected. */
function killSelf(signal: string | number): true {
  if (signal === 0) return true;
  if (typeof signal === 'string' && !Object.hasOwn(signals, signal))
    throw Object.assign(new TypeError(`Unknown signal: ${signal}`), { code: 'ERR_UNKNOWN_SIGNAL' });
  const name = (typeof signal === 'number' ? NAMES[signal] : signal) as NodeJS.Signals;
  const emitter: EventEmitter = process;
  if (name !== 'SIGKILL' && emitter.listenerCount(name) > 0) emitter.emit(name, name, signals[name]);
  else if (DEADLY.has(signal)) process.exit();
  return true;
}

function refuse(what: string, remedy: string): never {
  throw Object.assign(new Error(`liveswap does not adopt ${what}: ${remedy}.`), {
    code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
  });
}
