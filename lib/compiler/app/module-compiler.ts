import { compileModules } from './compile-modules.js';
import { moduleFormat } from './module-format.js';
import type { OwnModule } from './own-module.js';
import type { Projects } from './typescript-modules.js';

/** Text that TypeScript has compiled with the settings of its project. */
interface Made {
  readonly text: string;
  readonly settings: string;
  readonly code: string | undefined;
}

const TYPESCRIPT = /\.[cm]?tsx?$/;

/**
 * Compiles an app's modules that Node cannot read to JavaScript. esbuild compiles most of them, TypeScript the rest; what TypeScript
 * has compiled is remembered, so that a save costs one module.
 */
export class ModuleCompiler {
  readonly #made = new Map<string, Made>();
  #projects: Projects | undefined;

  /** Forgets the tsconfig.json files: they may have been changed since the last build. */
  beginBuild(): void {
    this.#projects = undefined;
  }

  /** The JavaScript of a module that is not compiled by esbuild; `undefined` for all others. */
  async special(path: string, text: string): Promise<string | undefined> {
    if (!TYPESCRIPT.test(path)) return undefined;
    // A server in JavaScript does not need it.
    const typescript = await import('./typescript-modules.js');
    const known = this.#made.get(path);
    this.#projects ??= new typescript.Projects();
    const project = this.#projects.of(path);
    const settings = JSON.stringify(project);
    if (known?.text === text && known.settings === settings) return known.code;
    const format = await moduleFormat(path, undefined);
    const code = typescript.compiledByTypeScript(path, text, format, project);
    this.#made.set(path, { text, settings, code });
    return code;
  }

  /** Returns whether imports of types alone are kept in a module that {@link special} has seen. */
  isVerbatim(path: string): boolean {
    return TYPESCRIPT.test(path) && this.#projects?.of(path).options.verbatimModuleSyntax === true;
  }

  /** The JavaScript of all modules that need it, by absolute path. */
  async compile(modules: readonly OwnModule[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const special = new Map<string, Uint8Array>();
    for (const { path } of modules) {
      const code = this.#made.get(path)?.code;
      if (code !== undefined) special.set(path, Buffer.from(code));
    }
    const others = modules.filter(({ path }) => !special.has(path));
    return new Map([...special, ...(await compileModules(others))]);
  }
}
