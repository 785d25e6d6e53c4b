import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { ts, type SourceFile } from 'ts-morph';
import { dependencyFiles, isDependencyFile } from './dependency-files.js';
import type { ResolvedOptions } from './options.js';
import type { PluginFolder } from './plugin-folders.js';
import { Program } from './program.js';
import { tsconfigFor } from './tsconfig-for.js';

/** The programs of a session, one a tsconfig.json: plugins under the same one share it. */
export class Programs {
  readonly #options: ResolvedOptions;
  readonly #byConfig = new Map<string | undefined, Program>();
  /** Configurations of all programs, including earlier ones: a broken one will be mended at some time. */
  readonly #configs = new Set<string>();

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  /** The program of a plugin, holding the plugin's files as they are now. */
  open(plugin: PluginFolder): { program: Program; files: SourceFile[] } {
    const tsconfig = tsconfigFor(plugin, nearest('tsconfig.json', plugin.folder));
    if (tsconfig !== undefined) this.#configs.add(tsconfig);
    // Packages are not watched; every package manager writes one of these files in the end.
    for (const file of dependencyFiles(plugin.folder)) this.#configs.add(file);
    const program =
      this.#byConfig.get(tsconfig) ??
      new Program(tsconfig, plugin.folder, { unsaved: this.#options.unsaved });
    this.#byConfig.set(tsconfig, program);
    for (const config of program.configs) this.#configs.add(config);
    return { program, files: program.sync(plugin, this.#options) };
  }

  /** Absolute paths of every tsconfig.json that counts, with those that they extend, and of what tells which packages are installed. */
  get configs(): ReadonlySet<string> {
    return this.#configs;
  }

  /**
   * Forgets files that have changed; returns whether it forgot everything.
   *
   * @param missed those that an import may have failed to find: the compiler looks for a file only once.
   */
  refresh(changed: ReadonlySet<string>, missed: readonly string[]): boolean {
    const isOther = [...changed].some((path) => isConfig(path) || this.#configs.has(path));
    if (isOther || missed.some((path) => this.#isNew(path))) {
      this.close();
      return true;
    }
    for (const program of this.#byConfig.values()) {
      for (const path of changed) program.refresh(path);
    }
    return false;
  }

  /** Lets go of all programs; the next ones are made anew. */
  close(): void {
    for (const { types } of this.#byConfig.values()) types.close();
    this.#byConfig.clear();
  }

  #isNew(path: string): boolean {
    const isKnown = [...this.#byConfig.values()].some(({ project }) => project.getSourceFile(path));
    return module.test(path) && !isKnown && existsSync(path);
  }
}

/** Files to which an import can lead the compiler. */
const module = /\.(json|[cm]?[jt]sx?)$/;

/** The file of this name that counts for a folder: the nearest, going up. */
function nearest(name: string, folder: string): string | undefined {
  return ts.findConfigFile(folder, (path) => ts.sys.fileExists(path), name);
}

/** Returns whether a change of this file may change how every other file is understood, wherever it appears. */
function isConfig(path: string): boolean {
  return /^(tsconfig.*|jsconfig)\.json$/.test(basename(path)) || isDependencyFile(path);
}
