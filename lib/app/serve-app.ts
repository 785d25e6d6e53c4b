import { basename, sep } from 'node:path';
import type { AdaptedPackage } from '../compiler/app/adapted-packages.js';
import type { BuiltApp } from '../compiler/app/build-app.js';
import type { Details } from '../swap/details.js';
import { swapperDefaults } from '../swap/options.js';
import { Swapper } from '../swap/swapper.js';
import { AppHost } from './app-host.js';
import { artifactFolder } from './artifact-folder.js';
import { appDefaults, checkAppOptions, type ServeAppOptions } from './options.js';
import { putBeside } from './plugins-beside.js';

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

  /** Addresses on which the current version listens: `http://127.0.0.1:3000` for each of its ports. */
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

  /**
   * Returns whether a change of this file makes another version of the app: it is one of its own, or in a folder that is taken
   * whole.
   */
  isMadeOf(path: string): boolean {
    const { inputs, folders } = this.#built();
    return inputs.has(path) || folders.some((folder) => path.startsWith(folder + sep));
  }

  /** The packages beside it that built-in adapters are for. */
  get adapted(): readonly AdaptedPackage[] {
    return this.#built().adapted;
  }

  /** Things that the app may need and does not have, for people. */
  get remarks(): readonly string[] {
    return this.#built().remarks;
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
  checkAppOptions(options);
  const { plugins, warm, ready } = options;
  const { threads = appDefaults.threads, shutdownMs = appDefaults.shutdownMs } = options;
  const outDir = await artifactFolder(entry, options.copyDir);
  /** Modules that a version has loaded although they were not found: the next build takes them. */
  const joined = new Set<string>();
  const build = await builderOf(entry, outDir, options, joined);
  let built = await build();
  const { manifest } = built;
  const lingerMs = options.lingerMs ?? appDefaults.lingerMs;
  const { startMs = swapperDefaults.startMs, freeMs = swapperDefaults.freeMs } = options.swapper ?? {};
  const swapper = new Swapper(outDir, {
    ...options.swapper,
    threads,
    freeMs: Math.max(shutdownMs, freeMs),
    ...(plugins === undefined && { only: [manifest.name] }),
  });
  swapper.refreshBy(async () => {
    built = await build();
  });
  const host = new AppHost({
    swapper,
    plugin: manifest.name,
    startMs,
    warm,
    needsAddresses: ready !== 'evaluated',
    onJoined: (path) => joined.add(path),
    options: { lingerMs },
  });
  try {
    await swapper.load();
  } catch (error) {
    host.close();
    await swapper.destroy();
    throw error;
  }
  return new ServedApp(swapper, host, () => built);
}

/** Makes the artifact of an app from its files as they are now, beside those of the plugins. */
async function builderOf(
  entry: string,
  outDir: string,
  options: ServeAppOptions,
  joined: ReadonlySet<string>,
): Promise<() => Promise<BuiltApp>> {
  const [{ buildApp }, { ModuleCompiler }] = await Promise.all([
    import('../compiler/app/build-app.js'),
    import('../compiler/app/module-compiler.js'),
  ]);
  const { name, files, args, adapters, noAdapters, plugins, exclusive } = options;
  const compiler = new ModuleCompiler();
  const settings = {
    entry,
    outDir,
    ...(name !== undefined && { name }),
    ...(files && { files }),
    ...(args && { args }),
    ...(exclusive && { exclusive }),
    ...(adapters && { adapters }),
    ...(noAdapters && { noAdapters }),
  };
  return async () => {
    const built = await buildApp({ ...settings, also: [...joined] }, compiler);
    if (plugins !== undefined) await putBeside(plugins, outDir, basename(built.file));
    return built;
  };
}
