import { basename, dirname, join, resolve } from 'node:path';
import { LiveswapError } from '../../core/errors.js';
import { artifactFileName, makeArtifact } from '../../manifest/artifact.js';
import type { AppFacts } from '../../manifest/manifest.js';
import { packFiles } from '../../manifest/files-block.js';
import { putArtifact } from '../../manifest/put-artifact.js';
import type { BuiltArtifact } from '../report.js';
import { collectAppFiles, withEndings } from './app-files.js';
import { appName } from './app-name.js';
import type { AppFiles } from './collected-files.js';
import { dependencyFiles } from '../dependency-files.js';
import { findingOf, isBuildFailure } from '../diagnostics/esbuild-messages.js';
import { buildFailed } from '../diagnostics/build-failed.js';
import { refuseNoProcesses } from '../no-processes.js';
import { adaptedPackages, type AdaptedPackage } from './adapted-packages.js';
import { BuildAdapters } from '../adapters/build-adapters.js';
import { readSettled } from './file-snapshot.js';
import { installedHash, lockFileHash } from './lock-file.js';
import { ModuleCompiler } from './module-compiler.js';

/** Options for building an app's artifact. */
export interface AppBuildOptions {
  /** The file that starts the server. */
  readonly entry: string;
  /** Folder of the artifact; created when missing. */
  readonly outDir: string;
  /** Name of the app. Default: that of the entry's package without its scope, else the entry's without extension. */
  readonly name?: string;
  /**
   * Files that the app reads besides those that it imports, as globs relative to the folder of the entry's package. Default:
   * none.
   */
  readonly files?: readonly string[];
  /** Absolute paths of modules of the app that versions have loaded, which no import of the entry may reach. */
  readonly also?: readonly string[];
  /** Arguments in `process.argv` after the entry. Default: none. */
  readonly args?: readonly string[];
  /** Absolute path of the working folder: a command of a package serves the package there. Default: that of the process. */
  readonly folder?: string;
  /**
   * True when only one version may run at a time: requests wait while one hands over to the next; `'start'` when not even the start
   * of the next may overlap with the one before. Default `false`.
   */
  readonly exclusive?: boolean | 'start';
  /**
   * Modules that tell, by `defineAdapter`, how to handle packages that take work by themselves. Default: the built-in ones alone.
   */
  readonly adapters?: readonly string[];
  /** Packages whose built-in adapters are not used. Default: none. */
  readonly noAdapters?: readonly string[];
  /**
   * Set to keep, through releases, the sessions and counters that known packages hold in memory. Default: they are lost, with a
   * warning.
   */
  readonly stores?: 'auto';
  /** @internal True when a person edits the files, who may save them again while they are read. */
  readonly isEdited?: boolean;
}

/** An app's artifact, and the files it was made of. */
export interface BuiltApp extends BuiltArtifact {
  /** Absolute path of the folder that contains all of the app's files. */
  readonly root: string;
  /** Absolute paths of the app's own files. */
  readonly inputs: ReadonlySet<string>;
  /** Absolute paths of files that decide what is made of the app's own: each tsconfig.json, and what package managers write. */
  readonly grounds: ReadonlySet<string>;
  /** Absolute paths of the folders that were taken completely: files added there belong to the next version. */
  readonly folders: readonly string[];
  /** Packages of the app that have adapters. */
  readonly adapted: readonly AdaptedPackage[];
  /** Warnings about other files that the app may need. */
  readonly remarks: readonly string[];
}

/**
 * Writes an artifact that contains an app's own files instead of a bundle; its packages stay in `node_modules`.
 *
 * @param compiler remembers modules that earlier builds have compiled.
 * @throws LiveswapError `OPTION_INVALID` when there is no such entry, `BUILD_FAILED` when a file cannot be parsed, or keeps state
 * that cannot move; `COPY_FAILED` when the artifact cannot be written
 */
export async function buildApp(options: AppBuildOptions, compiler = new ModuleCompiler()): Promise<BuiltApp> {
  refuseNoProcesses();
  const { outDir } = options;
  const [found, loaded] = await Promise.all([collect(options, compiler), BuildAdapters.load(options)]).catch(
    (error: unknown) => {
      throw refusalOf(error, options);
    },
  );
  const { set: adapters, own } = loaded;
  const name = options.name ?? (await appName(found));
  const { imports, kept, keptAt, types, endings } = await compiler.declarations(name, found, loaded);
  const app = withEndings(found, endings);
  const exclusive = kept ? exclusiveOf(name, keptAt, options) : (options.exclusive ?? false);
  const lock = await (options.isEdited === true ? installedHash : lockFileHash)(app.root);
  const facts: AppFacts = {
    entry: app.entry,
    ...(lock !== undefined && { lock }),
    ...(exclusive === 'start' && { startsAlone: true }),
  };
  const block = await packFiles([
    ...own.carried,
    ...app.carried.map((file) => ({ ...file, path: `files/${file.path}` })),
  ]);
  const body = Buffer.from(`${entryCode(app, { ...options, exclusive }, own.paths)}${block}`);
  const none = { rules: 0, liveFunctions: [], liveTypes: [], exports: [], functions: [] };
  const declared = { imports, ...(kept && { kept }), ...(Object.keys(types).length > 0 && { types }) };
  const file = resolve(outDir, artifactFileName(name));
  const { manifest, hash, bytes } = makeArtifact(
    { ...none, ...declared, name, app: facts, filesAt: '', ...(exclusive !== false && { exclusive: true }) },
    body,
    file,
  );
  await putArtifact(name, file, bytes);
  const inputs = new Set([...app.table.map((one) => join(app.root, one.path)), ...own.inputs]);
  return {
    file,
    hash,
    manifest,
    inputs,
    grounds: new Set([...compiler.configs, ...dependencyFiles(app.home)]),
    root: app.root,
    folders: app.folders.map((folder) => join(app.root, folder)),
    remarks: app.remarks,
    adapted: adaptedPackages(dirname(join(app.root, app.entry)), adapters),
  };
}

/**
 * Checks that an app with kept state is exclusive, because only one version may run at a time.
 * @throws LiveswapError `OPTION_INVALID`
 */
function exclusiveOf(name: string, keptAt = '', { exclusive }: AppBuildOptions): true {
  if (exclusive !== 'start') return true;
  throw new LiveswapError(
    'OPTION_INVALID',
    `${name} cannot be served with exclusive: 'start': what it keeps at ${keptAt} could not move, since the old version has ended when the new one begins; use exclusive: true, which kept implies.`,
    { option: 'exclusive' },
  );
}

function collect(options: AppBuildOptions, compiler: ModuleCompiler): Promise<AppFiles> {
  const { entry, files: patterns = [], also = [], args, folder, isEdited = false } = options;
  const more = { patterns, also, ...(args && { args }), ...(folder !== undefined && { folder }) };
  return readSettled(isEdited, () => collectAppFiles(entry, more, compiler));
}

/** Returns esbuild's syntax errors as findings of the app, and any other error as it is. */
export function refusalOf(
  error: unknown,
  { entry, name = basename(entry) }: Pick<AppBuildOptions, 'entry' | 'name'>,
): unknown {
  if (!isBuildFailure(error)) return error;
  const folder = dirname(resolve(entry));
  const findings = error.errors.map((message) => findingOf(message, { name, folder }));
  return buildFailed(findings.map((one) => ({ ...one, remedy: one.remedy || 'Correct it there.' })));
}

function entryCode(
  { entry, table, folders }: AppFiles,
  { args = [], noAdapters = [], stores, exclusive = false }: AppBuildOptions,
  adapters: readonly string[],
): string {
  const spec = { entry, args, files: table, folders, noAdapters, stores, exclusive };
  const own = adapters.map((_path, index) => `adapter${index}`);
  return [
    ...adapters.map((path, index) => `import adapter${index} from './${path}';`),
    `export const app = { adapters: [${own.join()}], ...${JSON.stringify(spec)} };`,
    '',
  ].join('\n');
}
