import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BuildContext, BuildFailure, BuildResult, Message } from 'esbuild';
import type { Project, ts } from 'ts-morph';
import { messageOf } from '../../core/errors.js';
import { BuildAdapters } from '../adapters/build-adapters.js';
import type { ResolvedOptions } from '../options.js';
import { banner } from './banner.js';
import { composeBundle, type Bundle } from './bundle.js';
import { bundledFiles, declaresAny } from './bundled-file.js';
import { CargoHold } from './carried-files.js';
import { createContext, type BundleSource } from './esbuild-context.js';
import { isEsbuildGone, lifeOfEsbuild, reviveEsbuild, startEsbuild } from './esbuild-service.js';
import {
  findingOf,
  isBreaking,
  isBuildFailure,
  missingOptional,
  strictOnly,
} from '../diagnostics/esbuild-messages.js';
import { packageNameOf } from './outside-packages.js';
import { placeFindings } from './place-findings.js';
import { firstRecipe, isSameRecipe, nextRecipe, withSloppy, type Recipe } from './recipe.js';
import { formatOf } from './scripts.js';
import { isSloppy } from './sloppy-module.js';
import { asksForPlaces, nobodyAsks, Surveyor } from './survey.js';

/** A bundle that esbuild makes. */
interface Begun {
  readonly source: BundleSource;
  readonly life: number;
  readonly result: Promise<BuildResult>;
}

/** Number of processes of esbuild that may die: if further ones do, the cause is permanent. */
const MOST_DEATHS = 3;

/** Bundles one plugin repeatedly; files that did not change between two bundles are not parsed again. */
export class Bundler {
  readonly #plugin: { readonly name: string; readonly folder: string };
  readonly #options: ResolvedOptions;
  #cargo = new CargoHold();
  #surveyor = new Surveyor();
  #recipe: Recipe;
  /** The packages outside of the last bundle that its files import. */
  #outside: ReadonlySet<string> = new Set();
  #project: Project | undefined;
  #adapters = BuildAdapters.builtin;
  #current: { readonly source: BundleSource; readonly context: Promise<BuildContext> } | undefined;
  #begun: Begun | undefined;
  #beganAtMs = 0;
  #onStart: () => void = () => {};

  constructor(plugin: { readonly name: string; readonly folder: string }, options: ResolvedOptions) {
    this.#plugin = plugin;
    this.#options = options;
    this.#recipe = firstRecipe(plugin.folder);
  }

  /** Sets the project of the plugin's sources, and the adapters. */
  configure(project: Project, adapters: BuildAdapters): void {
    this.#project = project;
    this.#adapters = adapters;
  }

  /**
   * Forgets what was read if the oldest of the changed files bears a time from before the last bundle, as after `cp -p`: esbuild
   * compares sizes and times, so it would take that file for the one that it has parsed.
   */
  async forgetBackdated(oldestMs: number): Promise<void> {
    if (oldestMs < this.#beganAtMs) await this.forget();
  }

  /** Forgets facts about packages, because others are installed. */
  async forget(): Promise<void> {
    await this.#forgetBegun();
    this.#surveyor = new Surveyor();
    this.#cargo = new CargoHold();
    await this.#use(firstRecipe(this.#plugin.folder));
  }

  /** True when code in the last bundle declares anything to its thread. */
  get declares(): boolean {
    return this.#recipe.declares;
  }

  /**
   * Begins to bundle the previous entry in esbuild's own process, or begins that process if there is no previous entry. Resolves
   * when esbuild goes on by itself, whatever occupies this thread.
   */
  async startAhead(): Promise<void> {
    await this.#forgetBegun();
    if (this.#current) await this.#begin(this.#current.source);
    else void startEsbuild();
  }

  /** Begins a bundle, unless one of the same source has begun. */
  async start(source: BundleSource): Promise<void> {
    if (isSame(this.#begun?.source, source)) return;
    await this.#forgetBegun();
    await this.#begin(source);
  }

  /** Resolves to the bundle that was begun, repeated for as long as its result requires another recipe. */
  async finish(): Promise<Bundle> {
    for (let deaths = 0; ;) {
      const begun = this.#begun;
      this.#begun = undefined;
      if (!begun) throw new Error(`No bundle of ${this.#plugin.name} was begun.`);
      const made = await begun.result.catch((error: unknown) => {
        if (isEsbuildGone(error) && ++deaths === MOST_DEATHS) throw esbuildKeepsDying(error);
        return this.#recover(error, begun);
      });
      const bundle = made && 'errors' in made ? await this.#look(made, begun.source) : made;
      if (bundle) return bundle;
      await this.#begin(begun.source);
    }
  }

  async dispose(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    // A context that failed to start needs no disposal.
    await (await current?.context.catch(() => undefined))?.dispose().catch(() => {});
  }

  /** Resolves to a bundle despite an error, or to `undefined` when another attempt is worthwhile. */
  async #recover(error: unknown, { life }: Begun): Promise<Bundle | undefined> {
    if (isEsbuildGone(error)) {
      this.#current = undefined;
      await reviveEsbuild(life);
      return undefined;
    }
    if (!isBuildFailure(error)) throw error;
    const sloppy = error.errors.map((one) => this.#sloppyFile(one));
    const missing = error.errors.map(missingOptional);
    if (error.errors.some((_one, index) => missing[index] === undefined && sloppy[index] === undefined))
      return this.#refused(error.errors);
    const unresolved = new Set([...this.#recipe.unresolved, ...missing.filter((name) => name !== undefined)]);
    const files = sloppy.filter((file) => file !== undefined);
    await this.#use(withSloppy({ ...this.#recipe, unresolved }, files));
    return undefined;
  }

  /** Returns the path of a file that Node runs in sloppy mode, where an error would not occur. */
  #sloppyFile(message: Message): string | undefined {
    const named = strictOnly(message);
    if (named === undefined) return undefined;
    const file = resolve(this.#plugin.folder, named);
    return formatOf(file) === 'cjs' && isSloppy(readFileSync(file, 'utf8')) ? file : undefined;
  }

  #refused(messages: readonly Message[]): Bundle {
    return { state: 'refused', findings: messages.map((message) => findingOf(message, this.#plugin)) };
  }

  /** Resolves to the bundle that esbuild has made, or to `undefined` when it must be made in another way. */
  async #look(
    { outputFiles = [], metafile, warnings }: BuildResult,
    { tsconfig, conditions }: BundleSource,
  ): Promise<Bundle | undefined> {
    const { name, folder } = this.#plugin;
    if (!metafile) throw new Error('esbuild did not report its inputs.');
    const textOf = (suffix: string): string =>
      outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? '';
    const files = bundledFiles(metafile, this.#plugin);
    const imported = new Set(files.flatMap(({ imports }) => imports.map(packageNameOf)));
    // A recipe only grows, so one for code that needed more is not that of this code.
    if ([...this.#outside].some((name) => !imported.has(name))) {
      this.#outside = new Set();
      await this.#use(firstRecipe(folder));
      return undefined;
    }
    const isAsking = this.#recipe.asking.length > 0 || asksForPlaces(textOf('.mjs').slice(banner.length));
    const survey = isAsking ? this.#surveyor.survey(files) : nobodyAsks;
    const recipe = nextRecipe(files, survey, {
      folder,
      before: this.#recipe,
      program: this.#program,
      declares: declaresAny(metafile, folder),
    });
    if (!isSameRecipe(recipe, this.#recipe)) {
      await this.#use(recipe);
      return undefined;
    }
    const breaking = warnings.filter(isBreaking);
    if (breaking.length > 0) return this.#refused(breaking);
    const misplaced = placeFindings(name, recipe.asking);
    if (misplaced.length > 0) return { state: 'refused', findings: misplaced };
    const surroundings = {
      plugin: this.#plugin,
      tsconfig,
      conditions,
      outside: recipe.outside,
      external: [...this.#options.external, ...recipe.unresolved],
      options: this.#options,
      program: this.#program,
      surveyor: this.#surveyor,
      places: recipe.places,
    };
    const cargo = await this.#cargo.load(recipe.asking, surroundings).catch(failureOf);
    if (cargo instanceof Error) return this.#refused(cargo.errors);
    this.#outside = new Set([...recipe.outside.keys()].filter((one) => imported.has(one)));
    const result = { code: textOf('.mjs'), map: textOf('.map'), metafile, files, warnings, cargo, recipe };
    return composeBundle(result, { ...this.#plugin, outDir: this.#options.outDir });
  }

  readonly #program = (): ts.Program => {
    if (!this.#project) throw new Error(`The bundle of ${this.#plugin.name} was not configured.`);
    return this.#project.getProgram().compilerObject;
  };

  async #use(recipe: Recipe): Promise<void> {
    await this.dispose();
    this.#recipe = recipe;
  }

  async #begin(source: BundleSource): Promise<void> {
    const life = lifeOfEsbuild();
    this.#beganAtMs = Date.now();
    const started = new Promise<void>((resolve) => (this.#onStart = resolve));
    const result = this.#contextFor(source).then((esbuild) => esbuild.rebuild());
    // Nobody waits for the result if the build is aborted first.
    result.catch(() => {});
    this.#begun = { source, life, result };
    await Promise.race([started, result.catch(() => {})]);
    // esbuild waits for the answer, which leaves in this turn.
    await nextTurn();
  }

  /** Waits for a bundle that has begun: esbuild would otherwise hand out its result, although it began before this edit. */
  async #forgetBegun(): Promise<void> {
    await this.#begun?.result.catch(() => {});
    this.#begun = undefined;
  }

  async #contextFor(source: BundleSource): Promise<BuildContext> {
    if (this.#current && isSame(this.#current.source, source)) return this.#current.context;
    await this.dispose();
    const context = createContext(this.#plugin, source, this.#recipe, {
      ...this.#options,
      adapted: this.#adapters,
      onStart: () => this.#onStart(),
    });
    this.#current = { source, context };
    return context;
  }
}

function esbuildKeepsDying(cause: unknown): Error {
  return new Error(
    `esbuild ended ${MOST_DEATHS} times in a row, so nothing is bundled: ${messageOf(cause)}; check that its binary runs (npx esbuild --version), and that the working folder still exists.`,
    { cause },
  );
}

/** Returns the failure of bundling a script, which is a finding. */
function failureOf(error: unknown): BuildFailure {
  if (!isBuildFailure(error)) throw error;
  return error;
}

function isSame(one: BundleSource | undefined, other: BundleSource): boolean {
  return (
    one?.entry === other.entry &&
    one.tsconfig === other.tsconfig &&
    one.conditions.join() === other.conditions.join() &&
    one.endings.size === other.endings.size &&
    [...other.endings].every(([path, ending]) => one.endings.get(path) === ending)
  );
}
