import { readFile } from 'node:fs/promises';
import { posix, resolve } from 'node:path';
import { context, type BuildContext, type BuildResult, type Message, type Plugin } from 'esbuild';
import type { ts } from 'ts-morph';
import { artifactFileName } from '../../manifest/artifact.js';
import { isAsset } from '../assets.js';
import type { Endings } from '../collect/own-symbols.js';
import { entryFileName, hostBindingSpecifier } from '../entry.js';
import type { ResolvedOptions } from '../options.js';
import { hostBindingModule, httpPluginModule, pluginModule } from '../plugin-module.js';
import type { Finding } from '../rule.js';
import { filesFolderName } from '../static-module.js';
import { bundledFiles } from './bundled-file.js';
import { banner, placeDefines, withHome, withoutUnusedBanner } from './banner.js';
import { CargoHold } from './carried-files.js';
import { isEsbuildGone, lifeOfEsbuild, reviveEsbuild } from './esbuild-service.js';
import { withQuietNames } from './kept-names.js';
import { findingOf, isBreaking, isBuildFailure, missingOptional, strictOnly } from './messages.js';
import { ADDON_SUFFIX, nativeAddons } from './native-addons.js';
import { outsidePackages, type OutsidePackage } from './outside-packages.js';
import { nameOwnModules, nameOwnSources } from './own-modules.js';
import { placeFindings } from './place-findings.js';
import { firstRecipe, isSameRecipe, nextRecipe, withSloppy, type Recipe } from './recipe.js';
import { specialModules, type SpecialModule } from './special-modules.js';
import { asksForPlaces, nobodyAsks, openPeers, Surveyor } from './survey.js';

/** The code of an artifact and what it was made of, or why there is none. */
export type Bundle =
  | {
      readonly state: 'bundled';
      readonly body: Buffer;
      /** Where the code is among the files that it carries, if it carries any. */
      readonly filesAt: string | undefined;
      readonly inputs: readonly string[];
      readonly warnings: readonly Finding[];
      readonly outside: readonly OutsidePackage[];
      /** What packages would like to have, and is not installed. */
      readonly unresolved: readonly string[];
    }
  | { readonly state: 'refused'; readonly findings: readonly Finding[] };

/** What a bundle is made from. */
export interface BundleSource {
  /** Source of the module to begin with. */
  readonly entry: string;
  readonly endings: Endings;
}

/** A bundle that esbuild makes. */
interface Begun {
  readonly source: BundleSource;
  readonly life: number;
  readonly result: Promise<BuildResult>;
}

/** Bundles one plugin, again and again: what did not change between two bundles is not parsed again. */
export class Bundler {
  readonly #plugin: { readonly name: string; readonly folder: string };
  readonly #options: ResolvedOptions;
  #cargo = new CargoHold();
  #surveyor = new Surveyor();
  #recipe: Recipe;
  #compilerOptions: ts.CompilerOptions = {};
  #current: { readonly source: BundleSource; readonly context: Promise<BuildContext> } | undefined;
  #begun: Begun | undefined;

  constructor(plugin: { readonly name: string; readonly folder: string }, options: ResolvedOptions) {
    this.#plugin = plugin;
    this.#options = options;
    this.#recipe = firstRecipe(plugin.folder);
  }

  /** Takes note of what the plugin's tsconfig.json says. */
  configure(options: ts.CompilerOptions): void {
    this.#compilerOptions = options;
  }

  /** Forgets what it knows of packages: others are installed. */
  async forget(): Promise<void> {
    await this.#forgetBegun();
    this.#surveyor = new Surveyor();
    this.#cargo = new CargoHold();
    await this.#use(firstRecipe(this.#plugin.folder));
  }

  /**
   * Begins to bundle in esbuild's own process what the entry of the last time leads to, if there was one. Resolves when esbuild
   * has been told.
   */
  async startAhead(): Promise<void> {
    await this.#forgetBegun();
    if (this.#current) await this.#begin(this.#current.source);
  }

  /** The same, unless it has been begun with this source. */
  async start(source: BundleSource): Promise<void> {
    if (isSame(this.#begun?.source, source)) return;
    await this.#forgetBegun();
    await this.#begin(source);
  }

  /** What has been begun; made again as long as it shows that it has to be made in another way. */
  async finish(): Promise<Bundle> {
    for (;;) {
      const begun = this.#begun;
      this.#begun = undefined;
      if (!begun) throw new Error(`No bundle of ${this.#plugin.name} was begun.`);
      const made = await begun.result.catch((error: unknown) => this.#recover(error, begun));
      const bundle = made && 'errors' in made ? await this.#look(made) : made;
      if (bundle) return bundle;
      await this.#begin(begun.source);
    }
  }

  async dispose(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    // One that never came up is not there to be let go of.
    await (await current?.context.catch(() => undefined))?.dispose().catch(() => {});
  }

  /** `undefined` when it is worth another try. */
  async #recover(error: unknown, { life }: Begun): Promise<Bundle | undefined> {
    if (isEsbuildGone(error)) {
      this.#current = undefined;
      await reviveEsbuild(life);
      return undefined;
    }
    if (!isBuildFailure(error)) throw error;
    const sloppy = error.errors.map(strictOnly);
    const missing = error.errors.map(missingOptional);
    if (error.errors.some((_one, index) => missing[index] === undefined && sloppy[index] === undefined))
      return this.#refused(error.errors);
    const unresolved = new Set([...this.#recipe.unresolved, ...missing.filter((name) => name !== undefined)]);
    const files = sloppy
      .filter((file) => file !== undefined)
      .map((file) => resolve(this.#plugin.folder, file));
    await this.#use(withSloppy({ ...this.#recipe, unresolved }, files));
    return undefined;
  }

  #refused(messages: readonly Message[]): Bundle {
    return { state: 'refused', findings: messages.map((message) => findingOf(message, this.#plugin)) };
  }

  /** `undefined` when the bundle has to be made in another way. */
  async #look({ outputFiles = [], metafile, warnings }: BuildResult): Promise<Bundle | undefined> {
    const { name, folder } = this.#plugin;
    if (!metafile) throw new Error('esbuild told nothing of its inputs.');
    const textOf = (suffix: string): string =>
      outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? '';
    const files = bundledFiles(metafile, this.#plugin);
    const isAsking = this.#recipe.asking.length > 0 || asksForPlaces(textOf('.mjs').slice(banner.length));
    const survey = isAsking ? this.#surveyor.survey(files) : nobodyAsks;
    const recipe = nextRecipe(files, survey, {
      folder,
      before: this.#recipe,
      options: this.#compilerOptions,
    });
    if (!isSameRecipe(recipe, this.#recipe)) {
      await this.#use(recipe);
      return undefined;
    }
    const breaking = warnings.filter(isBreaking);
    if (breaking.length > 0) return this.#refused(breaking);
    const misplaced = placeFindings(name, recipe.asking);
    if (misplaced.length > 0) return { state: 'refused', findings: misplaced };
    const cargo = await this.#cargo.load(recipe.asking, {
      plugin: this.#plugin,
      outside: recipe.outside,
      external: [...this.#options.external, ...recipe.unresolved],
      surveyor: this.#surveyor,
      places: recipe.places,
    });
    const plain = withQuietNames(withoutUnusedBanner(nameOwnModules(textOf('.mjs'), folder)));
    const code = cargo ? withHome(plain, posix.join(filesFolderName(name), cargo.at)) : plain;
    const map = textOf('.map');
    const comment = map && `${sourceMapComment(nameOwnSources(map, resolve(this.#options.outDir)))}\n`;
    return {
      state: 'bundled',
      body: Buffer.from(`${code.slice(code.indexOf('\n') + 1)}${comment}${cargo?.block ?? ''}`),
      filesAt: cargo?.at,
      inputs: [...files.map(({ file }) => file), ...(cargo?.sources ?? [])],
      warnings: warnings.map((message) => findingOf(message, this.#plugin)),
      outside: outsideOf(recipe),
      unresolved: [...recipe.unresolved],
    };
  }

  async #use(recipe: Recipe): Promise<void> {
    await this.dispose();
    this.#recipe = recipe;
  }

  async #begin(source: BundleSource): Promise<void> {
    const life = lifeOfEsbuild();
    const result = this.#contextFor(source).then((esbuild) => esbuild.rebuild());
    // Nobody waits for it any more when the build is given up before.
    result.catch(() => {});
    this.#begun = { source, life, result };
    await this.#current?.context.catch(() => {});
  }

  /** esbuild would hand out the result of a build that began before this edit: wait for it first. */
  async #forgetBegun(): Promise<void> {
    await this.#begun?.result.catch(() => {});
    this.#begun = undefined;
  }

  async #contextFor(source: BundleSource): Promise<BuildContext> {
    if (this.#current && isSame(this.#current.source, source)) return this.#current.context;
    await this.dispose();
    const context = this.#createContext(source);
    this.#current = { source, context };
    return context;
  }

  #createContext({ entry, endings }: BundleSource): Promise<BuildContext> {
    const { name, folder } = this.#plugin;
    const { outDir, define, external, minify, sourcemap } = this.#options;
    const { hasAddons, outside, special, unresolved } = this.#recipe;
    return context({
      stdin: { contents: entry, resolveDir: folder, sourcefile: entryFileName(name), loader: 'ts' },
      alias: {
        'liveswap/plugin': pluginModule,
        'liveswap/http/plugin': httpPluginModule,
        [hostBindingSpecifier]: hostBindingModule,
      },
      absWorkingDir: folder,
      outfile: resolve(outDir, artifactFileName(name)),
      write: false,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      keepNames: true,
      minifyWhitespace: minify,
      minifySyntax: minify,
      minifyIdentifiers: minify,
      charset: 'utf8',
      sourcemap: sourcemap && 'external',
      metafile: true,
      logLevel: 'silent',
      banner: { js: banner },
      define: { ...placeDefines, ...jsonValues(define) },
      external: [...external, ...unresolved, ...(hasAddons ? [] : [`*${ADDON_SUFFIX}`])],
      plugins: [
        ...this.#assetPlugins(),
        outsidePackages(outside),
        ...(hasAddons ? [nativeAddons(outDir)] : []),
        specialModules(withEndings(special, endings)),
      ],
    });
  }

  #assetPlugins(): Plugin[] {
    if (!this.#options.include) return [];
    const { folder } = this.#plugin;
    const options = this.#options;
    return [
      {
        name: 'liveswap-assets',
        setup(build) {
          build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => {
            if (!isAsset(folder, path, options)) return undefined;
            return { contents: await readFile(path, 'utf8'), loader: 'text' };
          });
        },
      },
    ];
  }
}

function outsideOf({ outside, asking }: Recipe): OutsidePackage[] {
  const peers = [...openPeers(asking)].filter(([name]) => !outside.has(name));
  return [
    ...Array.from(outside, ([name, { reason, isNeeded }]) => ({ name, reason, isNeeded })),
    ...peers.map(([name, reason]) => ({ name, reason, isNeeded: false })),
  ];
}

function isSame(one: BundleSource | undefined, other: BundleSource): boolean {
  return (
    one?.entry === other.entry &&
    one.endings.size === other.endings.size &&
    [...other.endings].every(([path, ending]) => one.endings.get(path) === ending)
  );
}

/** With code at the end of some modules: there everything that they declare is known by name. */
function withEndings(
  special: ReadonlyMap<string, SpecialModule>,
  endings: Endings,
): Map<string, SpecialModule> {
  const modules = new Map(special);
  for (const [path, ending] of endings) {
    const file = resolve(path);
    const rewrites = modules.get(file)?.rewrites ?? [];
    modules.set(file, { rewrites: [(text) => text + ending, ...rewrites] });
  }
  return modules;
}

function sourceMapComment(map: string): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}

function jsonValues(define: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(define).map(([name, value]) => [name, isJson(value) ? value : JSON.stringify(value)]),
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
