import { readFileSync } from 'node:fs';
import type { ts } from 'ts-morph';
import type { BundledFile } from './bundled-file.js';
import { decoratedModule, isDecorated } from './decorated-module.js';
import { Places } from './module-place.js';
import { packageNameOf, type OutsideModule } from './outside-packages.js';
import { placedModule } from './placed-module.js';
import { isSloppy, sloppyModule } from './sloppy-module.js';
import type { Rewrite, SpecialModule } from './special-modules.js';
import type { AskingModule, Survey } from './survey.js';

/** Settings for bundling one plugin, as determined by earlier bundles. */
export interface Recipe {
  readonly outside: ReadonlyMap<string, OutsideModule>;
  /** Optional packages that are not installed. */
  readonly unresolved: ReadonlySet<string>;
  /**
   * True when code in the bundle declares anything to its thread: the entry then exports the objects that hold the declarations.
   */
  readonly declares: boolean;
  /** True when own code imports native addons. */
  readonly hasAddons: boolean;
  readonly special: ReadonlyMap<string, SpecialModule>;
  /** CommonJS modules that are compiled as Node does, because an ES module is strict. */
  readonly sloppy: ReadonlySet<string>;
  /** Modules that use their own place. */
  readonly asking: readonly AskingModule[];
  readonly places: Places;
}

/** Facts that determine a recipe. */
export interface RecipeGrounds {
  readonly folder: string;
  readonly before: Recipe;
  /** The program of the plugin. */
  readonly program: () => ts.Program;
  /** True when the bundle has code that declares anything to the thread of its plugin. */
  readonly declares?: boolean;
  /** Places of the modules, once they are known. */
  readonly places?: Places;
}

/** Returns the recipe for the first bundle of a plugin. */
export function firstRecipe(folder: string): Recipe {
  return {
    outside: new Map(),
    unresolved: new Set(),
    declares: false,
    hasAddons: false,
    special: new Map(),
    sloppy: new Set(),
    asking: [],
    places: new Places(folder, []),
  };
}

/** Returns whether two recipes produce the same bundle. */
export function isSameRecipe(left: Recipe, right: Recipe): boolean {
  return keyOf(left) === keyOf(right);
}

function keyOf({ outside, unresolved, declares, hasAddons, special }: Recipe): string {
  const modules = Array.from(special, ([file, { rewrites }]) => [file, rewrites.length]);
  return JSON.stringify([[...outside.keys()], [...unresolved], declares, hasAddons, modules]);
}

/**
 * Returns the right recipe for a bundle, now that its contents are known.
 *
 * @param survey names the modules that use their place, and the packages that must therefore stay outside.
 */
export function nextRecipe(
  files: readonly BundledFile[],
  { modules, outside }: Survey,
  { folder, before, program, declares = false, places: known }: RecipeGrounds,
): Recipe {
  const own = files.filter(({ owner }) => owner === undefined);
  const sloppy = new Set([...before.sloppy, ...own.filter(isSloppyFile).map(({ file }) => file)]);
  const asking = [
    ...modules.map((module) => (sloppy.has(module.file) ? { ...module, requires: [] } : module)),
    ...[...sloppy].filter((file) => modules.every((module) => module.file !== file)).map(askingOnly),
  ];
  const places =
    known ??
    new Places(
      folder,
      asking.map(({ file }) => file),
    );
  const rewrites = new Map<string, Rewrite[]>();
  const add = (file: string, rewrite: Rewrite): void => {
    rewrites.set(file, [...(rewrites.get(file) ?? []), rewrite]);
  };
  for (const file of sloppy) add(file, sloppyModule);
  for (const file of decoratedFiles(own, program())) add(file, decoratedModule(program));
  for (const module of asking) add(module.file, (text) => placedModule(text, places.of(module.file), module));
  return {
    outside: new Map([...before.outside, ...outsideModules(outside, files)]),
    unresolved: before.unresolved,
    declares: before.declares || declares,
    hasAddons: before.hasAddons || own.some(({ hasAddon }) => hasAddon),
    special: new Map([...rewrites].sort(byName).map(([file, all]) => [file, { rewrites: all }])),
    sloppy,
    asking,
    places,
  };
}

/** Returns the recipe without strict mode for these files. */
export function withSloppy(recipe: Recipe, files: readonly string[]): Recipe {
  const special = new Map(recipe.special);
  for (const file of files) {
    const place = recipe.places.of(file);
    special.set(file, { rewrites: [sloppyModule, (text) => placedModule(text, place, askingOnly(file))] });
  }
  return { ...recipe, special, sloppy: new Set([...recipe.sloppy, ...files]) };
}

function isSloppyFile({ file, format }: BundledFile): boolean {
  return format === 'cjs' && /\.c?js$/.test(file) && isSloppy(textOf(file));
}

function decoratedFiles(own: readonly BundledFile[], program: ts.Program): string[] {
  const { emitDecoratorMetadata, experimentalDecorators } = program.getCompilerOptions();
  if (!emitDecoratorMetadata || !experimentalDecorators) return [];
  return own.map(({ file }) => file).filter((file) => /\.[cm]?tsx?$/.test(file) && isDecorated(textOf(file)));
}

function outsideModules(
  outside: ReadonlyMap<string, string>,
  files: readonly BundledFile[],
): [string, OutsideModule][] {
  return Array.from(outside, ([name, reason]) => {
    const isEsm = files.every(({ owner, format }) => owner !== name || format !== 'cjs');
    const importers = files.filter(({ imports }) => imports.some((one) => packageNameOf(one) === name));
    const isNeeded = importers.some(({ owner, format }) => owner === undefined || format === 'esm');
    return [name, { reason, isEsm, isNeeded }];
  });
}

function askingOnly(file: string): AskingModule {
  return {
    file,
    isOwn: true,
    paths: [],
    uses: new Map(),
    scripts: [],
    unclear: [],
    requires: [],
    openNames: [],
    asides: [],
  };
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

function textOf(file: string): string {
  return readFileSync(file, 'utf8');
}
