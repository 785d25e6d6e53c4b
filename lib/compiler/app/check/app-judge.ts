import { basename, join } from 'node:path';
import type { AppFiles } from '../collected-files.js';
import { installedHash } from '../lock-file.js';
import { ModuleCompiler } from '../module-compiler.js';
import type { Finding } from '../../rule.js';
import { AppSources } from './app-sources.js';
import { AppTypes } from './app-types.js';
import { factsOf, filesOf, type AppCheckOptions } from './check-app.js';
import type { SwapFact } from './swap-fact.js';

/** Findings about the types and rules of an app. */
export interface AppJudgement {
  /** Type errors, and comments that allow nothing. */
  readonly findings: readonly Finding[];
  /** Fates of the app's state, timers and consumers at a swap. */
  readonly facts: readonly SwapFact[];
  /** Number of the app's own files. */
  readonly files: number;
  /** Absolute paths of the files from which the app's types were read. */
  readonly inputs: ReadonlySet<string>;
}

/** Checks the types and rules of one app repeatedly; unchanged files are parsed once. */
export class AppJudge {
  readonly #options: AppCheckOptions;
  readonly #compiler = new ModuleCompiler();
  #types = new AppTypes();
  #sources = new AppSources();
  #lock: string | undefined;

  constructor(options: AppCheckOptions) {
    this.#options = options;
  }

  /** @throws LiveswapError `OPTION_INVALID` when there is no such entry, `BUILD_FAILED` when a file cannot be parsed */
  async judge(): Promise<AppJudgement> {
    const { entry, typecheck = true } = this.#options;
    const app = await filesOf(this.#options, this.#compiler);
    await this.#forgetPackages(app);
    const { facts, findings } = await factsOf(app, this.#options, this.#sources);
    const types = typecheck ? this.#types.look(basename(entry), modulesOf(app)) : undefined;
    return {
      findings: [...(types?.findings ?? []), ...findings],
      inputs: types?.inputs ?? new Set(),
      facts,
      files: app.table.length,
    };
  }

  /** Forgets imported types when other packages are installed, because these types may have changed. */
  async #forgetPackages({ root }: AppFiles): Promise<void> {
    const lock = await installedHash(root);
    if (lock !== this.#lock) this.#sources = new AppSources();
    this.#lock = lock;
  }
}

function modulesOf({ root, table }: AppFiles): string[] {
  return table
    .filter(({ format }) => format === 'module' || format === 'commonjs')
    .map(({ path }) => join(root, path));
}
