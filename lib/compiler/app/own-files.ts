import { readFile, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { isBuildFailure } from '../diagnostics/esbuild-messages.js';
import { entryPoint } from '../entry-point.js';
import { CaseTwins, twinPath } from './case-twins.js';
import { importsIn, loaderOf } from './imports-in.js';
import type { ModuleCompiler } from './module-compiler.js';
import { OwnImports } from './own-imports.js';
import type { OwnModule } from './own-module.js';

const MODULE = /\.(?:[cm]?[jt]s|[jt]sx|json)$/;
/** Matches a file without an extension, such as `bin/www`: Node runs it as JavaScript. */
const NO_EXTENSION = /(?:^|[\\/])[^.\\/]+$/;

/** Own modules whose imports are examined, each once. */
export class OwnModules {
  readonly #compiler: ModuleCompiler;
  readonly #folder: string;
  readonly #imports: OwnImports;
  readonly #twins = new CaseTwins();
  readonly #stubs = new Map<string, Promise<string>>();
  readonly #syntax = new Map<string, 'cjs' | 'esm' | undefined>();
  readonly #texts = new Map<string, string>();
  /** Real paths by their spelling: on a file system that ignores case, one file may be imported by several names. */
  readonly #reals = new Map<string, Promise<string>>();
  /** Files that are parsed separately. */
  readonly #alone = new Set<string>();

  /** @param folder absolute path that the places of errors are relative to. */
  constructor(compiler: ModuleCompiler, folder: string) {
    this.#compiler = compiler;
    this.#folder = folder;
    this.#imports = new OwnImports(folder);
  }

  /** Returns the text of a module that was found; `undefined` for JSON. */
  textOf(path: string): string | undefined {
    return this.#texts.get(path);
  }

  /**
   * Finds every file outside `node_modules` that the entries reach by `import` and `require`. Linked packages, such as those of a
   * workspace, belong to the app. A missing module is an error only when it is loaded, as in Node.
   *
   * @param entries absolute real paths.
   * @param lenient are entries that may fail to parse as a module.
   * @throws the failure of esbuild, whose `errors` have places, when a file cannot be parsed
   */
  async find(entries: readonly string[], lenient: ReadonlySet<string>): Promise<OwnModule[]> {
    const metafile = await this.#followed(entries, lenient).finally(() => this.#imports.close());
    const inputs = Object.entries(metafile.inputs).filter(
      ([path]) => twinPath(path) !== undefined || !path.includes(':'),
    );
    const modules = await Promise.all(
      inputs.map(async ([path, input]): Promise<OwnModule> => {
        const file = await this.#real(this.#placeOf(path));
        const format = await this.#compiler.formats.of(file, this.#syntax.get(file) ?? input.format);
        return { path: file, format, ...(await this.#importsOf(input, dirname(file))) };
      }),
    );
    return [...new Map(modules.map((module) => [module.path, module])).values()];
  }

  /**
   * Follows all imports in one build. The few files that this build cannot parse are examined separately and replaced by a stub
   * that has the same imports.
   */
  async #followed(entries: readonly string[], lenient: ReadonlySet<string>): Promise<Metafile> {
    // The first entry is the app's own, and TypeScript checks all that it imports by the options of its project.
    const tsconfig = await this.#compiler.referenced(entries[0] ?? '');
    for (;;) {
      try {
        const { metafile } = await build({
          entryPoints: entries.map((path) => entryPoint(path, this.#folder)),
          absWorkingDir: this.#folder,
          ...(tsconfig !== undefined && { tsconfig }),
          outdir: resolve(this.#folder, 'out'),
          bundle: true,
          write: false,
          metafile: true,
          platform: 'node',
          format: 'esm',
          // Without conditions, esbuild resolves like Node; by default, it prefers the fields that packages have for bundlers.
          conditions: [],
          logLevel: 'silent',
          logLimit: 0,
          plugins: [this.#plugin(lenient)],
        });
        if (!(await this.#twins.noteIn(metafile, this.#folder))) return metafile;
      } catch (error) {
        if (!isBuildFailure(error)) throw error;
        const isMissing = error.errors.filter((one) => this.#imports.noteMissing(one)).length > 0;
        const failed = error.errors.flatMap(({ text, location }) =>
          location && !text.startsWith('Could not resolve') ? this.#real(this.#placeOf(location.file)) : [],
        );
        const fresh = (await Promise.all(failed)).filter((path) => !this.#alone.has(path));
        if (fresh.length === 0 && !isMissing) throw error;
        for (const path of fresh) this.#alone.add(path);
      }
    }
  }

  /** Returns the plugin that leaves out packages, built-in modules, missing files, and files that esbuild cannot read. */
  #plugin(lenient: ReadonlySet<string>): Plugin {
    return {
      name: 'liveswap-own-files',
      setup: (esbuild) => {
        this.#twins.setUp(esbuild);
        this.#imports.setUp(esbuild);
        esbuild.onLoad({ filter: /.*/ }, async ({ path: written }) => {
          const path = await this.#real(written);
          const resolveDir = dirname(path);
          if (!MODULE.test(path) && !NO_EXTENSION.test(path)) return { contents: '', loader: 'js' };
          if (path.endsWith('.json')) return { contents: await readFile(path), loader: 'json' };
          try {
            const text = await this.#read(path);
            if (!this.#alone.has(path)) return { contents: text, loader: loaderOf(path), resolveDir };
            return { contents: await this.#stubOf(path, text), loader: 'js', resolveDir };
          } catch (error) {
            if (!isBuildFailure(error)) throw error;
            return lenient.has(path) ? { contents: '', loader: 'js' } : { errors: error.errors };
          }
        });
      },
    };
  }

  async #read(path: string): Promise<string> {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    const text = await readFile(path, 'utf8');
    this.#texts.set(path, text);
    const compiled = await this.#compiler.special(path, text);
    if (compiled !== undefined || this.#compiler.isVerbatim(path)) this.#alone.add(path);
    return text;
  }

  #stubOf(path: string, text: string): Promise<string> {
    const known = this.#stubs.get(path) ?? this.#lookAt(path, text);
    this.#stubs.set(path, known);
    return known;
  }

  async #lookAt(path: string, text: string): Promise<string> {
    const compiled = await this.#compiler.special(path, text);
    const isVerbatim = this.#compiler.isVerbatim(path);
    const module = { path, text: compiled ?? text, isCompiled: compiled !== undefined, isVerbatim };
    const { stub, syntax } = await importsIn(module, this.#folder, this.#compiler.formats);
    this.#syntax.set(path, syntax);
    return stub;
  }

  /**
   * Resolves to the imports that Node itself could not resolve: `paths` of a tsconfig.json, `.js` for a `.ts` file, missing
   * extensions, linked packages.
   */
  async #importsOf(
    { imports }: Metafile['inputs'][string],
    from: string,
  ): Promise<Pick<OwnModule, 'imports' | 'requires'>> {
    const [imported, required] = [new Map<string, string>(), new Map<string, string>()];
    for (const { path, kind, original, external } of imports) {
      if (external || original === undefined) continue;
      const target = await this.#real(this.#placeOf(path));
      if (resolve(from, original) === target && /^[./]/.test(original)) continue;
      (kind.startsWith('require') ? required : imported).set(original, target);
    }
    const differing = [...required].filter(([name, target]) => (imported.get(name) ?? target) !== target);
    return {
      imports: Object.fromEntries([...required, ...imported]),
      requires: Object.fromEntries(differing),
    };
  }

  /** Returns the absolute path of an esbuild input. */
  #placeOf(input: string): string {
    return twinPath(input) ?? resolve(this.#folder, input);
  }

  #real(path: string): Promise<string> {
    const known = this.#reals.get(path) ?? realpath(path).catch(() => realOfNamed(path));
    this.#reals.set(path, known);
    return known;
  }
}

/**
 * Resolves to the real path of a module that esbuild names by its path and more: the query and fragment of a URL, or the attributes
 * of an import where another one has none.
 */
async function realOfNamed(path: string): Promise<string> {
  const bare = path.replace(/ with \{[^}]*\}$/, '').replace(/[?#].*$/, '');
  return bare === path ? path : realpath(bare).catch(() => path);
}
