import type { AdaptedPackage } from '../compiler/app/adapted-packages.js';
import type { BuiltApp } from '../compiler/app/build-app.js';
import type { Details } from '../swap/details.js';
import { swapperDefaults, type SwapperOptions } from '../swap/options.js';
import { Swapper } from '../swap/swapper.js';
import { AppHost } from './app-host.js';
import { artifactFolder } from './artifact-folder.js';

/** How an app is served. */
export interface ServeAppOptions {
  /** Its name as a plugin. Default: that of its package without the scope, else the entry's without extension. */
  readonly name?: string;
  /** What it reads beside what it imports, as globs relative to the folder of its package: `['views/**']`. */
  readonly files?: readonly string[];
  /** What `process.argv` holds after the entry. */
  readonly args?: readonly string[];
  /** Modules that say how packages are handled which take work by themselves, by `defineAdapter`. Default: the built-in ones alone. */
  readonly adapters?: readonly string[];
  /** Packages whose built-in adapters are not used. Default: none. */
  readonly noAdapters?: readonly string[];
  /** Threads that run it, on one port, as in a cluster. Default 1. */
  readonly threads?: number;
  /** Where the artifact and the running copies are kept. Default: `node_modules/.cache/liveswap` beside the entry's package. */
  readonly copyDir?: string;
  /** Milliseconds that a replaced thread lives on after its last request, for what a handler has left behind. Default 5000. */
  readonly lingerMs?: number;
  /** Milliseconds that the app's own handlers of SIGTERM, SIGINT or `beforeExit` may take. Default 10 000. */
  readonly shutdownMs?: number;
  /** Further options of the swapper. */
  readonly swapper?: Omit<SwapperOptions, 'threads' | 'static' | 'only'>;
}

const appDefaults = { lingerMs: 5_000, shutdownMs: 10_000 } as const;

/** An app that is served. */
export class ServedApp implements AsyncDisposable {
  readonly swapper: Swapper;
  readonly #host: AppHost;
  readonly #built: () => BuiltApp;
  #closed: Promise<void> | undefined;

  constructor(swapper: Swapper, host: AppHost, built: () => BuiltApp) {
    this.swapper = swapper;
    this.#host = host;
    this.#built = built;
  }

  /** Where the current version listens: `http://127.0.0.1:3000` for each of its ports. */
  get urls(): string[] {
    return this.#host.urls;
  }

  /**
   * Takes the app's files as they are now and makes them current; resolves when they are. Whatever fails, the current version
   * serves on.
   * @throws LiveswapError `RELOAD_FAILED` whose cause is the first failure
   */
  reload(data?: unknown): Promise<Details> {
    return this.swapper.reload(data);
  }

  /** Absolute paths of the app's own files, as they were found the last time. */
  get files(): ReadonlySet<string> {
    return this.#built().inputs;
  }

  /** The packages beside it that built-in adapters are for. */
  get adapted(): readonly AdaptedPackage[] {
    return this.#built().adapted;
  }

  /** Accepts nothing more, lets requests end, has the app's own SIGTERM handlers run, and ends its threads. Idempotent. */
  close(): Promise<void> {
    this.#host.close();
    this.#closed ??= this.swapper.close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Serves a server that one already has, unchanged: its entry runs in a thread, its addresses are the host's, and the next version
 * takes them over without a gap.
 *
 * @param entry the file that starts the server.
 * @throws LiveswapError `LOAD_FAILED`, `OPTION_INVALID`
 *
 * @example
 * const app = await serveApp('dist/server.js', { files: ['views/**'] });
 * await app.reload();
 */
export async function serveApp(entry: string, options: ServeAppOptions = {}): Promise<ServedApp> {
  const { name, files, args, adapters, noAdapters, threads = swapperDefaults.threads } = options;
  const { buildApp } = await import('../compiler/app/build-app.js');
  const outDir = await artifactFolder(entry, options.copyDir);
  const settings = {
    entry,
    outDir,
    ...(name !== undefined && { name }),
    ...(files && { files }),
    ...(args && { args }),
    ...(adapters && { adapters }),
    ...(noAdapters && { noAdapters }),
  };
  let built = await buildApp(settings);
  const { manifest } = built;
  const { lingerMs = appDefaults.lingerMs, shutdownMs = appDefaults.shutdownMs } = options;
  const freeMs = Math.max(shutdownMs, options.swapper?.freeMs ?? swapperDefaults.freeMs);
  const swapper = new Swapper(outDir, { ...options.swapper, threads, freeMs, only: [manifest.name] });
  swapper.refreshBy(async () => {
    built = await buildApp(settings);
  });
  const startMs = options.swapper?.startMs ?? swapperDefaults.startMs;
  const host = new AppHost({ swapper, plugin: manifest.name, startMs, options: { lingerMs } });
  try {
    await swapper.load();
  } catch (error) {
    host.close();
    await swapper.destroy();
    throw error;
  }
  return new ServedApp(swapper, host, () => built);
}
