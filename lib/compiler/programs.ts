import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { ts, type SourceFile } from 'ts-morph';
import { dependencyFiles, isDependencyFile } from './dependency-files.js';
import type { ResolvedOptions } from './options.js';
import type { PluginFolder } from './plugin-folders.js';
import { Program } from './program.js';
import { allReads, type Reads } from './record/reads.js';
import { tsconfigFor } from './tsconfig-for.js';

/** The programs of a session, one for each tsconfig.json; plugins under the same one share it. */
export class Programs {
  readonly #options: ResolvedOptions;
  readonly #byConfig = new Map<string | undefined, Program>();
  /** Configurations of all programs, including earlier ones, because a broken one will be fixed at some point. */
  readonly #configs = new Set<string>();
  #passedOver: ReadonlySet<string> = new Set();

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  /**
   * Returns the program of a plugin, with the plugin's present files. `referenced` is the path of its tsconfig.json if the nearest
   * one only refers to it.
   */
  open(plugin: PluginFolder): { program: Program; files: SourceFile[]; referenced: string | undefined } {
    const closest = nearest('tsconfig.json', plugin.folder);
    const tsconfig = tsconfigFor(plugin, closest);
    if (tsconfig !== undefined) this.#configs.add(tsconfig);
    // Packages are not watched, but every package manager finally writes one of these files.
    for (const file of dependencyFiles(plugin.folder)) this.#configs.add(file);
    const program =
      this.#byConfig.get(tsconfig) ??
      new Program(tsconfig, plugin.folder, { unsaved: this.#options.unsaved });
    this.#byConfig.set(tsconfig, program);
    for (const config of program.configs) this.#configs.add(config);
    const referenced = tsconfig === closest ? undefined : tsconfig;
    return { program, files: program.sync(plugin, this.#options), referenced };
  }

  /**
   * Returns the absolute paths of every relevant tsconfig.json, including those they extend, and of the files that tell which
   * packages are installed.
   */
  get configs(): ReadonlySet<string> {
    return this.#configs;
  }

  /** Absolute paths of files that would be found in place of others, or of nothing, if they existed, as of {@link notePassedOver}. */
  get passedOver(): ReadonlySet<string> {
    return this.#passedOver;
  }

  notePassedOver(): void {
    this.#passedOver = new Set([...this.#byConfig.values()].flatMap((program) => program.passedOver));
  }

  /** What the compiler has read for all programs, and where it looked. */
  get reads(): Reads {
    return allReads(Array.from(this.#byConfig.values(), ({ reads }) => reads));
  }

  /**
   * Forgets files that have changed; returns whether it forgot everything.
   *
   * @param missed are files that an import may have failed to find, because the compiler looks for a file only once.
   */
  refresh(changed: ReadonlySet<string>, missed: readonly string[]): boolean {
    const isOther = [...changed].some(
      (path) => isConfig(path) || this.#configs.has(path) || this.#passedOver.has(path),
    );
    if (isOther || missed.some((path) => this.#isNew(path))) {
      this.close();
      return true;
    }
    for (const program of this.#byConfig.values()) {
      for (const path of changed) program.refresh(path);
    }
    return false;
  }

  /** Releases all programs; new ones are created on demand. */
  close(): void {
    for (const { types } of this.#byConfig.values()) types.close();
    this.#byConfig.clear();
  }

  #isNew(path: string): boolean {
    const isKnown = [...this.#byConfig.values()].some(({ project }) => project.getSourceFile(path));
    return module.test(path) && !isKnown && existsSync(path);
  }
}

/** Matches files to which an import can lead the compiler. */
const module = /\.(json|[cm]?[jt]sx?)$/;

/** Returns the file of this name that applies to a folder: the nearest one, going up. */
function nearest(name: string, folder: string): string | undefined {
  return ts.findConfigFile(folder, (path) => ts.sys.fileExists(path), name);
}

/** Returns whether a change of this file may affect how every other file is interpreted, wherever it appears. */
function isConfig(path: string): boolean {
  return /^(tsconfig.*|jsconfig)\.json$/.test(basename(path)) || isDependencyFile(path);
}
