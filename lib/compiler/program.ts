import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Project, ts, type SourceFile } from 'ts-morph';
import { LiveswapError } from '../core/errors.js';
import { ProgramCheck } from './app-typescript/program-check.js';
import { isSeenEverywhere } from './incremental/edits.js';
import { ASSET_TYPES_FILE, assetTypes } from './assets.js';
import type { LiveSymbol } from './collect/live-symbols.js';
import { STUBS_FILE, STUBS_HEAD } from './live-stubs.js';
import { EmittedModules } from './live-types/emitted-modules.js';
import { PROGRAM_TYPES_FILE, programTypes } from './live-types/program-types.js';
import { followsNode, readAsNodeDoes } from './module-format.js';
import type { ResolvedOptions } from './options.js';
import type { PluginFolder } from './plugin-folders.js';
import { isWithin, nativePath, posixPath } from '../core/paths.js';
import { collisionWarning, type ReadConfig } from './program-warnings.js';
import type { Finding } from './rule.js';
import { diskWithUnsaved } from './unsaved-texts.js';
import { httpPluginTypes, pluginTypes, storesTypes } from './plugin-module.js';

/** Settings of a {@link Program}. */
export interface ProgramSettings {
  /** Texts of files that are not saved, by path. Default: none. */
  readonly unsaved?: ReadonlyMap<string, string> | undefined;
  /**
   * True for an unchanged server, whose imports are resolved as its tsconfig.json says, rather than as those of an artifact.
   * Default false.
   */
  readonly isApp?: boolean;
}

/** The sources that share one tsconfig.json, kept parsed between builds. */
export class Program {
  readonly project: Project;
  readonly types: ProgramCheck;
  /** Declarations of its modules, for `live.d.ts`. */
  readonly emitted = new EmittedModules();
  /** Absolute paths of its tsconfig.json and of those that it extends. */
  readonly configs: readonly string[];
  readonly #tsconfig: ReadConfig | undefined;
  /** Kinds of warnings already given. */
  readonly #told = new Set<string>();
  readonly #ambient = new Set<string>();
  #live: readonly LiveSymbol[] = [];

  /** @param tsconfig path of the tsconfig.json, or `undefined` for the defaults of liveswap. */
  constructor(
    tsconfig: string | undefined,
    folder: string,
    { unsaved, isApp = false }: ProgramSettings = {},
  ) {
    const { options, declarations, configs, fileNames } = tsconfig
      ? readConfig(tsconfig)
      : { options: defaultOptions, declarations: [], configs: [], fileNames: [] };
    this.configs = configs;
    if (tsconfig) readAsNodeDoes(tsconfig, options);
    this.project = new Project({
      compilerOptions: ourOptions(options, folder, isApp),
      ...(unsaved && { fileSystem: diskWithUnsaved(unsaved) }),
    });
    this.#tsconfig = tsconfig === undefined ? undefined : { path: tsconfig, options, fileNames };
    this.types = new ProgramCheck(this.project, this.#tsconfig, unsaved ?? new Map());
    this.#declare(declarations);
  }

  /** Absolute paths of included declarations that every file sees without importing them. */
  get ambient(): ReadonlySet<string> {
    return this.#ambient;
  }

  /** Adds new declarations that its tsconfig.json includes. */
  findDeclarations(): void {
    if (this.#tsconfig) this.#declare(readConfig(this.#tsconfig.path).declarations);
  }

  /** Parses new files of a plugin and forgets deleted ones. Declarations become part of the program but are not returned. */
  sync(plugin: PluginFolder, options: Pick<ResolvedOptions, 'include' | 'exclude'>): SourceFile[] {
    const types = assetTypes(plugin, options);
    const typesPath = join(plugin.folder, ASSET_TYPES_FILE);
    const wanted = new Set(
      (types ? [...plugin.files, typesPath] : plugin.files).map((path) => posixPath(path)),
    );
    for (const file of this.#filesBelow(plugin.folder)) {
      if (!wanted.has(file.getFilePath())) this.project.removeSourceFile(file);
    }
    if (types && this.project.getSourceFile(typesPath)?.getFullText() !== types) {
      this.project.createSourceFile(typesPath, types, { overwrite: true });
    }
    return plugin.files
      .flatMap(
        (file) => this.project.getSourceFile(file) ?? this.project.addSourceFileAtPathIfExists(file) ?? [],
      )
      .filter((file) => !file.isDeclarationFile());
  }

  /** Returns new warnings about its tsconfig.json for a plugin. */
  takeWarnings({ name, folder }: PluginFolder, outDir: string): Finding[] {
    const config = this.#tsconfig;
    if (!config) return [];
    const place = { file: nativePath(config.path), line: 1, column: 1, endLine: 1, endColumn: 1 };
    const warnings = { version: this.types.warning, collision: collisionWarning(config, folder, outDir) };
    return Object.entries(warnings).flatMap(([about, warning]) => {
      if (!warning || this.#told.has(about)) return [];
      this.#told.add(about);
      return [{ rule: 'types', plugin: name, ...place, ...warning }];
    });
  }

  /** Forgets a file that has changed. */
  refresh(path: string): void {
    this.types.forget([path]);
    const file = this.project.getSourceFile(path);
    if (!file) return;
    if (existsSync(path)) file.refreshFromFileSystemSync();
    else this.project.removeSourceFile(file);
  }

  /** Declares the live symbols of its plugins; returns whether they have changed. */
  declareLive(live: readonly LiveSymbol[]): boolean {
    this.#live = live;
    const text = programTypes(live);
    const file = this.project.getSourceFile(PROGRAM_TYPES_FILE);
    if ((file?.getFullText() ?? '') === text) return false;
    if (text === '' && file) this.project.removeSourceFile(file);
    else this.project.createSourceFile(PROGRAM_TYPES_FILE, text, { overwrite: true });
    return true;
  }

  /** Returns the files that declare live symbols of these names. */
  liveFiles(names: ReadonlySet<string>): SourceFile[] {
    return this.#live.filter(({ name }) => names.has(name)).map(({ file }) => file);
  }

  #declare(paths: readonly string[]): void {
    for (const path of paths) {
      const file = this.project.getSourceFile(path) ?? this.project.addSourceFileAtPathIfExists(path);
      if (file && isSeenEverywhere(file.compilerNode)) this.#ambient.add(nativePath(path));
    }
  }

  #filesBelow(folder: string): SourceFile[] {
    return this.project.getSourceFiles().filter((file) => isWithin(file.getFilePath(), folder));
  }
}

function readConfig(path: string): {
  options: ts.CompilerOptions;
  declarations: string[];
  configs: string[];
  fileNames: readonly string[];
} {
  // A syntax error in the file is reported elsewhere.
  const { error } = ts.readConfigFile(path, (file) => ts.sys.readFile(file));
  const problems: ts.Diagnostic[] = error ? [error] : [];
  const extended = new Map<string, ts.ExtendedConfigCacheEntry>();
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => problems.push(diagnostic),
  };
  const parsed = ts.getParsedCommandLineOfConfigFile(path, undefined, host, extended);
  // "No inputs were found": the plugin's own files are the input here.
  problems.push(...(parsed?.errors ?? []).filter(({ code }) => code !== 18003));
  const [problem] = problems;
  if (!parsed || problem) {
    const text = problem ? ts.flattenDiagnosticMessageText(problem.messageText, '\n') : 'it cannot be read';
    throw new LiveswapError('OPTION_INVALID', `Cannot use ${path}: ${text}`, { file: path });
  }
  const fileNames = parsed.fileNames.filter((file) => !isStubs(file));
  return {
    options: parsed.options,
    fileNames,
    declarations: fileNames.filter(declares),
    // The cache has lower-case keys if the file system ignores case.
    configs: [
      path,
      ...Array.from(extended.values(), ({ extendedResult }) => nativePath(extendedResult.fileName)),
    ],
  };
}

/** The stubs are from the last build; the sources are newer. */
function isStubs(path: string): boolean {
  return basename(path) === STUBS_FILE && (ts.sys.readFile(path)?.startsWith(STUBS_HEAD) ?? false);
}

/** Returns whether a file is a declaration file, or declares something for files that do not import it. */
function declares(path: string): boolean {
  if (/\.d\.[cm]?ts$/.test(path)) return true;
  if (!/\.[cm]?tsx?$/.test(path)) return false;
  const text = ts.sys.readFile(path) ?? '';
  // Only a few files are worth parsing.
  const isCandidate =
    /\bdeclare\s+(?:global\b|module\s*["'])/.test(text) || !/^\s*(?:import|export)\b/m.test(text);
  return isCandidate && isSeenEverywhere(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
}

const defaultOptions: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  esModuleInterop: true,
  resolveJsonModule: true,
  // Only Node's type package, which is added below.
  typeRoots: [],
};

/** Returns the default type packages: all that exist, and Node's if it can be found at all. */
function typePackages(options: ts.CompilerOptions, folder: string): ts.CompilerOptions {
  if (options.types) return {};
  const types = ts.getAutomaticTypeDirectiveNames({ ...options, types: ['*'] }, ts.sys);
  const nodeTypes = types.includes('node') ? undefined : nodeTypesNear(folder);
  if (!nodeTypes) return { types };
  const typeRoots = [...(ts.getEffectiveTypeRoots(options, ts.sys) ?? []), nodeTypes];
  return { types: [...types, 'node'], typeRoots };
}

/** Returns the folder of an `@types/node` that the plugin, the process or liveswap itself can see. */
function nodeTypesNear(folder: string): string | undefined {
  for (const from of [join(folder, 'index.ts'), join(process.cwd(), 'index.ts'), import.meta.url]) {
    try {
      return dirname(dirname(createRequire(from).resolve('@types/node/package.json')));
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Options for written files. The compiler writes none here, and these options would restrict the location of sources. */
const emitOptions = new Set([
  'composite',
  'declarationDir',
  'incremental',
  'outDir',
  'outFile',
  'rootDir',
  'tsBuildInfoFile',
]);

function ourOptions(options: ts.CompilerOptions, folder: string, isApp: boolean): ts.CompilerOptions {
  return {
    ...Object.fromEntries(Object.entries(options).filter(([name]) => !emitOptions.has(name))),
    ...typePackages(options, folder),
    // An artifact is an ES module, so it can import packages that are only for ES modules, whatever the format of the file
    // itself.
    ...(!isApp &&
      followsNode(options) && { customConditions: [...(options.customConditions ?? []), 'import'] }),
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: {
      ...options.paths,
      'liveswap/plugin': [pluginTypes],
      'liveswap/http/plugin': [httpPluginTypes],
      'liveswap/stores': [storesTypes],
    },
  };
}
