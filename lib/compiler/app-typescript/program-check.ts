import type { Project } from 'ts-morph';
import { messageOf } from '../../core/errors.js';
import type { ProgramWarning } from '../program-warnings.js';
import type { ReadConfig } from '../read-config.js';
import { unusedVersionWarning } from '../program-warnings.js';
import type { CheckedSources, Finding } from '../rule.js';
import { TypeCheck } from '../type-check.js';
import { AppTypeCheck } from './app-type-check.js';
import { ClassicCompiler } from './classic-compiler.js';
import { findTypeScript, type FoundTypeScript } from './find-typescript.js';
import { NativeCompiler } from './native-compiler.js';

/** Checks one program: with the app's own TypeScript if that is another version than liveswap's and can be used. */
export class ProgramCheck {
  readonly #project: Project;
  readonly #config: ReadConfig | undefined;
  readonly #unsaved: ReadonlyMap<string, string>;
  readonly #ours: TypeCheck;
  #found: FoundTypeScript | undefined;
  #theirs: AppTypeCheck | undefined;

  /** `unsaved` has the texts of files that are not saved, by path. */
  constructor(project: Project, config: ReadConfig | undefined, unsaved: ReadonlyMap<string, string>) {
    this.#project = project;
    this.#config = config;
    this.#unsaved = unsaved;
    this.#ours = new TypeCheck(project);
  }

  /** Returns the type errors of a plugin, including syntax errors. */
  findings(plugin: CheckedSources): Finding[] {
    this.#found ??= this.#find();
    if (!this.#theirs) return this.#ours.findings(plugin);
    try {
      return this.#theirs.findings(plugin);
    } catch (error) {
      // The API of the app's compiler has changed, or its process has died: liveswap's own checker takes over.
      this.close();
      if (this.#found.kind !== 'ours')
        this.#found = { ...this.#found, kind: 'unusable', reason: messageOf(error) };
      return this.#ours.findings(plugin);
    }
  }

  /** A warning if the app has another TypeScript that could not be used. */
  get warning(): ProgramWarning | undefined {
    return this.#found?.kind === 'unusable' ? unusedVersionWarning(this.#found) : undefined;
  }

  /** Notes files that were changed, added or deleted. */
  forget(paths: Iterable<string>): void {
    this.#theirs?.forget(paths);
  }

  close(): void {
    this.#theirs?.close();
    this.#theirs = undefined;
  }

  #find(): FoundTypeScript {
    if (!this.#config) return { kind: 'ours' };
    const { path: tsconfig, fileNames } = this.#config;
    const found = findTypeScript(tsconfig);
    if (found.kind === 'classic' || found.kind === 'native') {
      const compiler =
        found.kind === 'classic' ? new ClassicCompiler(found.typescript) : new NativeCompiler(found.open);
      this.#theirs = new AppTypeCheck({
        compiler,
        project: this.#project,
        tsconfig,
        fileNames,
        unsaved: this.#unsaved,
      });
    }
    return found;
  }
}
