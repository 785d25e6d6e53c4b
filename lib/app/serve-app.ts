import type { AdaptedPackage } from '../compiler/app/adapted-packages.js';
import { isWithin } from '../core/paths.js';
import type { Details } from '../swap/details.js';
import { swapperDefaults } from '../swap/options.js';
import { Swapper } from '../swap/swapper.js';
import { createLogger } from '../observe/log.js';
import { AppHost } from './app-host.js';
import { openAppSource, type AppSource } from './app-source.js';
import { appDefaults, checkAppOptions, oneThread, type ServeAppOptions } from './options.js';

/** An app that is served. */
export class ServedApp implements AsyncDisposable {
  /** The swapper that has the app as a plugin. */
  readonly swapper: Swapper;
  readonly #host: AppHost;
  readonly #source: AppSource;
  #closed: Promise<void> | undefined;

  constructor(swapper: Swapper, host: AppHost, source: AppSource) {
    this.swapper = swapper;
    this.#host = host;
    this.#source = source;
  }

  /** Addresses on which the current version listens: `http://127.0.0.1:3000` for each of its ports. */
  get urls(): string[] {
    return this.#host.urls;
  }

  /**
   * Takes the app's files as they are now and makes them current; resolves when they are. If anything fails, the current version
   * stays in service.
   * @throws LiveswapError `RELOAD_FAILED` whose cause is the first failure
   */
  reload(data?: unknown): Promise<Details> {
    return this.swapper.reload(data);
  }

  /** Absolute paths of the app's own files, as of the last build, and of files that have been loaded since. */
  get files(): ReadonlySet<string> {
    return new Set([...(this.#source.built?.inputs ?? []), ...this.#source.joined]);
  }

  /**
   * Calls `listener` whenever a file is added to {@link files}.
   *
   * @internal
   */
  onFileAdded(listener: () => void): void {
    this.#source.onJoined(listener);
  }

  /**
   * Absolute paths of files that decide what is made of {@link files}, and may not be there: each tsconfig.json, lock files.
   *
   * @internal
   */
  get grounds(): ReadonlySet<string> {
    return this.#source.built?.grounds ?? new Set();
  }

  /**
   * Returns whether a change of this file makes another version of the app: it is one of its own files, in a folder that is
   * taken completely, or one that decides what is made of them, such as a tsconfig.json.
   */
  isMadeOf(path: string): boolean {
    const { joined, built } = this.#source;
    const isTaken = built?.inputs.has(path) === true || joined.has(path) || this.grounds.has(path);
    return isTaken || (built?.folders ?? []).some((folder) => isWithin(path, folder));
  }

  /**
   * False while the current version is given up, or does not listen again in time, until a thread of it listens.
   *
   * @internal
   */
  get isServing(): boolean {
    return !this.#host.isRefusing;
  }

  /** The packages of the app that have adapters. */
  get adapted(): readonly AdaptedPackage[] {
    return this.#source.built?.adapted ?? [];
  }

  /** Warnings about things that the app may need and does not have. */
  get remarks(): readonly string[] {
    return this.#source.built?.remarks ?? [];
  }

  /** Stops accepting connections, lets requests end, runs the app's own SIGTERM handlers, and ends its threads. Idempotent. */
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
 * Serves an existing server unchanged: its entry runs in a thread, the host listens on its addresses, and the next version takes
 * them over without a gap.
 *
 * @param entry is the file that starts the server, or a folder written by `liveswap build --app`, whose contents a reload reads
 * again.
 * @throws LiveswapError `LOAD_FAILED`, `OPTION_INVALID`
 *
 * @example
 * const app = await serveApp('dist/server.js', { files: ['views/**'] });
 * await app.reload();
 */
export function serveApp(entry: string, options: ServeAppOptions = {}): Promise<ServedApp> {
  return serveAppAfter({ look: () => Promise.resolve() }, entry, options);
}

/**
 * Works like {@link serveApp}; each load and reload first waits for `look`, whose error refuses it.
 *
 * @param reading.isEdited is true when a person edits the files, who may save them again while they are read.
 * @param starting ends the start when it is aborted; later it has no effect.
 * @internal
 */
export async function serveAppAfter(
  reading: { readonly look: () => Promise<void>; readonly isEdited?: boolean },
  entry: string,
  options: ServeAppOptions,
  starting?: AbortSignal,
): Promise<ServedApp> {
  checkAppOptions(options);
  const { plugins, warm, ready } = options;
  const { threads = appDefaults.threads, shutdownMs = appDefaults.shutdownMs } = options;
  const source = await openAppSource(entry, options, { isEdited: reading.isEdited, signal: starting });
  if (source.built?.manifest.exclusive && threads > 1) throw oneThread(threads);
  const lingerMs = options.lingerMs ?? appDefaults.lingerMs;
  const { startMs = swapperDefaults.startMs, freeMs = swapperDefaults.freeMs } = options.swapper ?? {};
  const longestShutdownMs = Math.max(shutdownMs, freeMs);
  const swapper = new Swapper(source.folder, {
    ...(source.copyDir !== undefined && { copyDir: source.copyDir }),
    ...options.swapper,
    threads,
    freeMs: longestShutdownMs,
    ...(source.built && plugins === undefined && { only: [source.name] }),
  });
  swapper.refreshBy({
    refresh: async () => {
      await reading.look();
      await source.refresh();
    },
    replaced: (artifacts) => source.replaced(artifacts),
  });
  const host = new AppHost({
    swapper,
    plugin: source.name,
    startMs,
    warm,
    needsAddresses: ready !== 'evaluated',
    warn: (text) => createLogger(options.swapper?.logger).warn({ plugin: source.name }, text),
    rootOf: (hash) => source.rootOf(hash),
    onJoined: (path) => source.join(path),
    options: { lingerMs, shutdownMs: longestShutdownMs, ...(options.args && { args: options.args }) },
  });
  const giveUp = (): void => void swapper.destroy();
  starting?.addEventListener('abort', giveUp);
  try {
    if (starting?.aborted) giveUp();
    await swapper.load();
  } catch (error) {
    host.close();
    await swapper.destroy();
    throw error;
  } finally {
    starting?.removeEventListener('abort', giveUp);
  }
  return new ServedApp(swapper, host, source);
}
