import type { BuildAdapters } from '../adapters/build-adapters.js';
import { mayDeclare, noDeclarations, type AppDeclarations } from './app-declarations.js';
import type { AppFiles } from './collected-files.js';
import type { AppSources } from './check/app-sources.js';
import { compileModules } from './compile-modules.js';
import { ModuleFormats, type ModuleFormat } from './module-format.js';
import type { OwnModule } from './own-module.js';
import type { Project, Projects } from './typescript-modules.js';

/** Text that was examined with the settings of its project. */
interface Seen {
  readonly text: string;
  readonly settings: string;
  /** JavaScript compiled by TypeScript; `undefined` if esbuild would produce the same. */
  readonly code: string | undefined;
}

/** JavaScript compiled by esbuild. */
interface Compiled {
  readonly seen: Seen;
  readonly format: ModuleFormat;
  readonly code: Uint8Array;
}

const TYPESCRIPT = /\.[cm]?tsx?$/;

/**
 * Compiles the modules of an app that Node cannot read to JavaScript. esbuild compiles most of them, TypeScript the rest. Results
 * are remembered, so that a save compiles only one module.
 */
export class ModuleCompiler {
  #seen = new Map<string, Seen>();
  #compiled = new Map<string, Compiled>();
  #formats = new ModuleFormats();
  #projects: Projects | undefined;
  #sources: AppSources | undefined;

  /** Forgets each package.json and tsconfig.json: they may have been changed since the last build. */
  beginBuild(): void {
    this.#formats = new ModuleFormats();
    this.#projects = undefined;
  }

  /** The formats of modules in this build. */
  get formats(): ModuleFormats {
    return this.#formats;
  }

  /** Resolves to the JavaScript of a module that is not compiled by esbuild; `undefined` for all others. */
  async special(path: string, text: string): Promise<string | undefined> {
    if (!TYPESCRIPT.test(path)) return undefined;
    const project = await this.#projectOf(path);
    const known = this.#seen.get(path);
    const { settings } = project;
    if (known?.text === text && known.settings === settings) return known.code;
    const format = await this.formats.of(path, undefined);
    const { compiledByTypeScript } = await import('./typescript-modules.js');
    const code = compiledByTypeScript(path, text, format, project);
    this.#seen.set(path, { text, settings, code });
    return code;
  }

  /** Paths of every tsconfig.json that this build has read. */
  get configs(): readonly string[] {
    return this.#projects?.configs ?? [];
  }

  /** Resolves to the tsconfig.json of a module, if the nearest one only refers to it. */
  async referenced(path: string): Promise<string | undefined> {
    return TYPESCRIPT.test(path) ? (await this.#projectOf(path)).referenced : undefined;
  }

  /** Returns whether a module that {@link special} has seen keeps imports that are used only as types. */
  isVerbatim(path: string): boolean {
    return TYPESCRIPT.test(path) && this.#projects?.of(path).options.verbatimModuleSyntax === true;
  }

  /**
   * Resolves to the declarations of an app's own files by `liveswap/plugin`. Most servers declare nothing, and need no type
   * checker.
   */
  async declarations(name: string, app: AppFiles, adapters: BuildAdapters): Promise<AppDeclarations> {
    if (!app.carried.some((file) => mayDeclare(file))) return noDeclarations;
    const [{ AppSources }, { declaredBy }] = await Promise.all([
      import('./check/app-sources.js'),
      import('./declared-by.js'),
    ]);
    this.#sources ??= new AppSources();
    return declaredBy(this.#sources.read(name, app, adapters), app);
  }

  /** Resolves to the JavaScript of all modules that need compiling, by absolute path. */
  async compile(modules: readonly OwnModule[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const made = new Map<string, Uint8Array>();
    const others: OwnModule[] = [];
    for (const module of modules) {
      const { path, format } = module;
      const seen = this.#seen.get(path);
      const known = this.#compiled.get(path);
      if (seen?.code !== undefined) made.set(path, Buffer.from(seen.code));
      else if (known && known.seen === seen && known.format === format) made.set(path, known.code);
      else others.push(module);
    }
    for (const [path, code] of await compileModules(await this.#byProject(others))) made.set(path, code);
    this.#remember(modules, made);
    return made;
  }

  // A server in JavaScript does not need TypeScript.
  async #projectOf(path: string): Promise<Project> {
    const typescript = await import('./typescript-modules.js');
    this.#projects ??= new typescript.Projects();
    return this.#projects.of(path);
  }

  /** Resolves to the modules by the tsconfig.json that esbuild does not find; `undefined` is the nearest one of each. */
  async #byProject(
    modules: readonly OwnModule[],
  ): Promise<ReadonlyMap<string | undefined, readonly OwnModule[]>> {
    const groups = new Map<string | undefined, OwnModule[]>();
    for (const module of modules) {
      const tsconfig = await this.referenced(module.path);
      groups.set(tsconfig, [...(groups.get(tsconfig) ?? []), module]);
    }
    return groups;
  }

  /** Forgets modules that are gone. */
  #remember(modules: readonly OwnModule[], made: ReadonlyMap<string, Uint8Array>): void {
    const before = this.#seen;
    this.#seen = new Map();
    this.#compiled = new Map();
    for (const { path, format } of modules) {
      const seen = before.get(path);
      const code = made.get(path);
      if (seen) this.#seen.set(path, seen);
      if (seen && code && seen.code === undefined) this.#compiled.set(path, { seen, format, code });
    }
  }
}
