import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { keepCompiled, takeCompiled, type ThreadCode } from '../lib/pool/thread-code.js';
import type threadTask from './thread.js';

/** Time in milliseconds for a thread to come up, and to compile the functions that take part in that. */
const COMING_UP_MS = 100;

interface ThreadModule {
  exports: { default: typeof threadTask };
}

/**
 * Runs the bundle of the threads like `require`, with the code that an earlier thread of this process has compiled: compiling is
 * half of the cost of a thread beyond its bare boot.
 */
function requireBundle({ file, text, compiled }: ThreadCode): ThreadModule['exports'] {
  const cachedData = takeCompiled(compiled);
  // The bundle is wrapped in a function when it is made: a text that is put together here would be in memory twice. The bundler
  // escapes everything that is not ASCII.
  const code = Buffer.from(text).toString('latin1');
  const script = new Script(code, { filename: file, ...(cachedData && { cachedData }) });
  const run = script.runInThisContext() as (
    exports: ThreadModule['exports'],
    require: (builtin: string) => unknown,
    module: ThreadModule,
  ) => void;
  const module = { exports: {} } as ThreadModule;
  // Packages are inside.
  run(module.exports, (builtin) => process.getBuiltinModule(builtin), module);
  if (!cachedData) {
    setTimeout(() => keepCompiled(compiled, () => script.createCachedData()), COMING_UP_MS).unref();
  }
  return module.exports;
}

/**
 * Returns this thread's `workerData`, and makes it undefined for code that runs here later: {@link guardProcess} carries that over
 * to named imports, before any such code runs.
 */
function takeWorkerData(): unknown {
  // A default import would make the bundler copy the module: 0.3 ms on Node 26.
  const threads: { workerData: unknown } = process.getBuiltinModule('node:worker_threads');
  const { workerData } = threads;
  threads.workerData = undefined;
  return workerData;
}

const code = takeWorkerData() as ThreadCode;
/** Only a thread of an app needs it: URLs and paths take 0.2 ms in a thread that has made none. */
const appRuntime = (): string => pathToFileURL(join(dirname(code.file), 'app.bundle.mjs')).href;

export default requireBundle(code).default((url) => import(url), appRuntime);
