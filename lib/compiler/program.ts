import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Project, type SourceFile } from 'ts-morph';
import { ProgramCheck } from './app-typescript/program-check.js';
import { isSeenEverywhere } from './incremental/edits.js';
import { ASSET_TYPES_FILE, assetTypes } from './assets.js';
import type { ExportedSymbol } from './collect/live-symbols.js';
import { compilerOptions, defaultOptions } from './compiler-options.js';
import { EmittedModules } from './live-types/emitted-modules.js';
import { PROGRAM_TYPES_FILE, programTypes } from './program-types.js';
import { readAsNodeDoes } from './module-format.js';
import { parseLibrariesFast } from './library-parser.js';
import type { ResolvedOptions } from './options.js';
import type { PluginFolder } from './plugin-folders.js';
import { isWithin, nativePath, posixPath } from '../core/paths.js';
import { passedOver, readsOfProgram } from './record/program-reads.js';
import type { Reads } from './record/reads.js';
import { collisionWarning, jsxWarning, suffixWarning } from './program-warnings.js';
import { readConfig, type ReadConfig } from './read-config.js';
import type { Finding } from './rule.js';
import { diskWithUnsaved } from './unsaved-texts.js';

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
  /** Declarations of the program's modules, for `live.d.ts`. */
  readonly emitted = new EmittedModules();
  /** Absolute paths of the program's tsconfig.json and of those that it extends. */
  readonly configs: readonly string[];
  readonly #tsconfig: ReadConfig | undefined;
  /** Kinds of warnings already given. */
  readonly #told = new Set<string>();
  readonly #ambient = new Set<string>();
  /** Files in the folders of plugins that are no part of them, such as tests. */
  readonly #beside = new Set<string>();
  #live: readonly ExportedSymbol[] = [];

  /** @param tsconfig path of the tsconfig.json, or `undefined` for the defaults of liveswap. */
  constructor(
    tsconfig: string | undefined,
    folder: string,
    { unsaved, isApp = false }: ProgramSettings = {},
  ) {
    const config = tsconfig === undefined ? undefined : readConfig(tsconfig);
    const options = config?.options ?? defaultOptions;
    if (tsconfig !== undefined) readAsNodeDoes(tsconfig, options);
    this.configs = config?.configs ?? [];
    this.project = new Project({
      compilerOptions: compilerOptions(options, folder, isApp),
      ...(unsaved && { fileSystem: diskWithUnsaved(unsaved) }),
    });
    parseLibrariesFast(this.project);
    this.#tsconfig = config;
    this.types = new ProgramCheck(this.project, config, unsaved ?? new Map());
    this.#declare(config?.declarations ?? []);
  }

  /** Absolute paths of included declarations that every file sees without importing them. */
  get ambient(): ReadonlySet<string> {
    return this.#ambient;
  }

  /** Conditions of its own by which the tsconfig.json chooses among the `exports` of packages. */
  get conditions(): readonly string[] {
    return this.#tsconfig?.options.customConditions ?? [];
  }

  /** What the compiler has read, and where it looked. */
  get reads(): Omit<Reads, 'folders'> {
    return readsOfProgram(this.project.getProgram().compilerObject, this.#tsconfig);
  }

  /** The own files that would be found in place of others, or of nothing, if they existed. */
  get passedOver(): readonly string[] {
    return passedOver(this.project.getProgram().compilerObject);
  }

  /** Adds new declarations that the tsconfig.json includes; returns whether there were any. */
  findDeclarations(): boolean {
    if (!this.#tsconfig) return false;
    return this.#declare(readConfig(this.#tsconfig.path).declarations);
  }

  /** Parses new files of a plugin and forgets deleted ones. Declarations become part of the program but are not returned. */
  sync(plugin: PluginFolder, options: Pick<ResolvedOptions, 'include' | 'exclude'>): SourceFile[] {
    const types = assetTypes(plugin, options);
    const typesPath = join(plugin.folder, ASSET_TYPES_FILE);
    const wanted = new Set(
      (types ? [...plugin.files, typesPath] : plugin.files).map((path) => posixPath(path)),
    );
    for (const file of this.#filesBelow(plugin.folder)) {
      if (wanted.has(file.getFilePath())) continue;
      this.#beside.add(file.getFilePath());
      this.project.removeSourceFile(file);
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

  /** Returns new warnings about the tsconfig.json for a plugin. */
  takeWarnings({ name, folder, files }: PluginFolder, outDir: string): Finding[] {
    const config = this.#tsconfig;
    if (!config) return [];
    const place = { file: nativePath(config.path), line: 1, column: 1, endLine: 1, endColumn: 1 };
    const jsx = files.filter((path) => path.endsWith('.tsx'));
    const texts = jsx.flatMap((path) => this.project.getSourceFile(path)?.getFullText() ?? []);
    const warnings = {
      version: this.types.warning,
      collision: collisionWarning(config, folder, outDir),
      suffix: suffixWarning(config.options),
      jsx: jsxWarning(config.options, texts),
    };
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
    // A declaration may be back that was gone, and no plugin asks for it by an import.
    if (!file) return void (this.#ambient.has(path) && this.#declare([path]));
    if (existsSync(path)) file.refreshFromFileSystemSync();
    else this.project.removeSourceFile(file);
  }

  /** Parses files again, as after an edit that changes nothing of them. */
  reparse(files: readonly SourceFile[]): void {
    this.types.forget(files.map((file) => file.getFilePath()));
    for (const file of files) file.replaceText([0, file.getEnd()], file.getFullText());
  }

  /** Declares the live symbols of the program's plugins, known or expected; returns whether they have changed. */
  declareLive(live: readonly ExportedSymbol[]): boolean {
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

  #declare(paths: readonly string[]): boolean {
    let isNew = false;
    for (const path of paths) {
      if (this.#beside.has(posixPath(path))) continue;
      const known = this.project.getSourceFile(path);
      const file = known ?? this.project.addSourceFileAtPathIfExists(path);
      if (file && !known) isNew = true;
      if (file && isSeenEverywhere(file.compilerNode)) this.#ambient.add(nativePath(path));
    }
    return isNew;
  }

  #filesBelow(folder: string): SourceFile[] {
    return this.project.getSourceFiles().filter((file) => isWithin(file.getFilePath(), folder));
  }
}
