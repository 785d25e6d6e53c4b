import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { BuiltApp } from '../compiler/app/build-app.js';
import { checkPath } from '../core/check-path.js';
import { LiveswapError } from '../core/errors.js';
import { readableArtifactNamesIn, readArtifact } from '../manifest/artifact.js';
import type { ArtifactFacts } from '../manifest/runnable-artifact.js';
import { artifactFolder } from './artifact-folder.js';
import { cacheFolder } from '../core/cache-folder.js';
import { ownModule } from '../core/own-build.js';
import type { ServeAppOptions } from './options.js';
import { putBeside } from './plugins-beside.js';

/** Source of the artifacts of an app. */
export interface AppSource {
  /** The folder that a swapper reads. */
  readonly folder: string;
  /** Folder of the running copies; `undefined` for the folder of the artifacts. */
  readonly copyDir: string | undefined;
  /** The app's name as a plugin. */
  readonly name: string;
  /** Rebuilds the artifacts; does nothing if they come prebuilt. */
  refresh(): Promise<void>;
  /**
   * Returns the file of the app's artifact when it is not the one that was just built: another start of the entry, with other
   * options, may have built its own since.
   */
  replaced(artifacts: readonly ArtifactFacts[]): string | undefined;
  /** Returns the absolute path of the folder with the files of the artifact with this hash. */
  rootOf(hash: string): string;
  /** Result of the last build; `undefined` if the artifacts come prebuilt. */
  readonly built: BuiltApp | undefined;
  /**
   * Absolute paths of modules that versions have loaded but the build did not find, or did not know to be modules; the next build
   * includes them, and refuses what it cannot parse.
   */
  readonly joined: ReadonlySet<string>;
  /** Records that a version has loaded such a module. */
  join(path: string): void;
  /** Calls `listener` whenever a module is added. */
  onJoined(listener: () => void): void;
}

/** How an entry is read. */
interface Reading {
  readonly isEdited?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves to the source of an app: its entry, or a folder with its artifact.
 *
 * @param reading.isEdited is true when a person edits the files, who may save them again while they are read.
 * @param reading.signal gives the first build up when it is aborted.
 * @throws LiveswapError `OPTION_INVALID`, `BUILD_FAILED`; `WATCH_FAILED` when it is given up
 */
export async function openAppSource(
  target: string,
  options: ServeAppOptions,
  reading: Reading = {},
): Promise<AppSource> {
  checkPath(target, 'entry', 'the entry of an app');
  const isFolder = (await stat(target).catch(() => undefined))?.isDirectory() ?? false;
  return isFolder ? artifactSource(target, options) : entrySource(target, options, reading);
}

async function entrySource(
  entry: string,
  options: ServeAppOptions,
  { isEdited = false, signal }: Reading,
): Promise<AppSource> {
  const { name, files, args, adapters, noAdapters, stores, plugins, exclusive } = options;
  const folder = await artifactFolder(entry, options);
  const { RemoteAppBuilds } = await ownModule(import('../compiler/remote/remote-app-builds.js'));
  const builds = new RemoteAppBuilds();
  // The app may change the working folder.
  const settings = {
    entry: resolve(entry),
    folder: process.cwd(),
    outDir: folder,
    isEdited,
    ...(name !== undefined && { name }),
    ...(files && { files }),
    ...(args && { args }),
    ...(exclusive && { exclusive }),
    ...(adapters && { adapters: adapters.map((file) => resolve(file)) }),
    ...(noAdapters && { noAdapters }),
    ...(stores && { stores }),
  };
  const beside = plugins === undefined ? undefined : resolve(plugins);
  const joined = new Set<string>();
  const listeners: (() => void)[] = [];
  const roots = new Map<string, string>();
  const build = async (until?: AbortSignal): Promise<BuiltApp> => {
    const made = await builds.build({ ...settings, also: [...joined] }, until);
    if (beside !== undefined) await putBeside(beside, folder, basename(made.file));
    roots.set(made.hash, made.root);
    return made;
  };
  let built = await build(signal);
  // The first load uses the artifacts that were just built.
  let isFresh = true;
  return {
    folder,
    copyDir: undefined,
    name: built.manifest.name,
    refresh: async () => {
      if (!isFresh) built = await build();
      isFresh = false;
    },
    replaced: (artifacts) =>
      artifacts.find(({ file, hash }) => file === built.file && hash !== built.hash)?.file,
    rootOf: (hash) => roots.get(hash) ?? built.root,
    get built() {
      return built;
    },
    joined,
    join: (path) => {
      if (joined.has(path)) return;
      joined.add(path);
      for (const tell of listeners) tell();
    },
    onJoined: (listener) => void listeners.push(listener),
  };
}

async function artifactSource(folder: string, { root, copyDir }: ServeAppOptions): Promise<AppSource> {
  const name = await appIn(folder);
  if (name === undefined)
    throw new LiveswapError(
      'OPTION_INVALID',
      `There is no app in ${folder}: make it with \`liveswap build --app <entry> ${folder}\`.`,
      { option: 'entry' },
    );
  const home = root === undefined ? await folderWithPackages(folder) : await realpath(resolve(root));
  return {
    folder,
    copyDir: copyDir ?? (await cacheFolder(home)),
    name,
    refresh: () => Promise.resolve(),
    replaced: () => undefined,
    rootOf: () => home,
    built: undefined,
    joined: new Set(),
    join: () => {},
    onJoined: () => {},
  };
}

/** Resolves to the name of the app whose artifact is in a folder; `undefined` if there is none. */
export async function appIn(folder: string): Promise<string | undefined> {
  const names = await readableArtifactNamesIn(folder);
  const artifacts = await Promise.all(names.map((name) => readArtifact(join(folder, name))));
  const apps = artifacts.filter(({ manifest }) => manifest.app).map(({ manifest }) => manifest.name);
  if (apps.length < 2) return apps[0];
  throw new LiveswapError(
    'OPTION_INVALID',
    `There is more than one app in ${folder}: ${apps.join(', ')}; give each a folder of its own.`,
    { option: 'entry' },
  );
}

/** Resolves to the nearest folder above that has packages. @throws LiveswapError `OPTION_INVALID` when there is none */
async function folderWithPackages(folder: string): Promise<string> {
  for (let at = await realpath(folder); ; at = dirname(at)) {
    const packages = await stat(join(at, 'node_modules')).catch(() => undefined);
    if (packages?.isDirectory()) return at;
    if (dirname(at) !== at) continue;
    throw new LiveswapError(
      'OPTION_INVALID',
      `No folder above ${folder} has a node_modules: say with --root where the app's files and packages are.`,
      { option: 'root' },
    );
  }
}
