import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import type { ts } from 'ts-morph';
import type { ResolvedOptions } from '../options.js';
import { assetPlugins } from './asset-plugins.js';
import { scriptBanner, withOpenEndings } from './banner.js';
import { bundledFiles } from './bundled-file.js';
import { commonOptions, type BundleProject } from './common-options.js';
import { isBuildFailure, missingOptional } from '../diagnostics/esbuild-messages.js';
import { entryPoint } from '../entry-point.js';
import { packagesRootOf, type Places } from './module-place.js';
import { sourceOf } from './named-files.js';
import { outsidePackages, type OutsideModule } from './outside-packages.js';
import { nextRecipe, firstRecipe, isSameRecipe, type Recipe } from './recipe.js';
import { requiredAsides } from './required-asides.js';
import { specialModules } from './special-modules.js';
import type { AskingModule, Surveyor } from './survey.js';

/** A module that another one runs by file name. It is bundled with its imports and laid out under that name. */
export interface Script {
  readonly code: string;
  /** Absolute paths of the files it was made of. */
  readonly inputs: readonly string[];
  /** The modules in it that use their own place. */
  readonly asking: readonly AskingModule[];
}

/** Facts about the bundle that a script belongs to. */
export interface ScriptSurroundings extends BundleProject {
  readonly plugin: { readonly name: string; readonly folder: string };
  readonly outside: ReadonlyMap<string, OutsideModule>;
  readonly external: readonly string[];
  /** The options of the build, which apply to scripts as well. */
  readonly options: Pick<ResolvedOptions, 'define' | 'include' | 'exclude'>;
  /** The program of the plugin. */
  readonly program: () => ts.Program;
  readonly surveyor: Surveyor;
  readonly places: Places;
}

/**
 * Bundles a script.
 *
 * @throws esbuild's failure, whose `errors` have places below the plugin's folder
 * @param place is the place of the script, relative to the folder of the running copy.
 */
export async function bundleScript(
  file: string,
  place: string,
  surroundings: ScriptSurroundings,
): Promise<Script> {
  const { plugin, outside, external, options, program, surveyor, places } = surroundings;
  const format = formatOf(file);
  // Path from the script to the folder of the copy.
  const home = `${posix.relative(posix.dirname(place), '.') || '.'}/`;
  let recipe: Recipe = { ...firstRecipe(plugin.folder), outside };
  const bundle = () =>
    build({
      entryPoints: [entryPoint(sourceOf(file) ?? file, plugin.folder)],
      ...commonOptions(plugin.folder, surroundings, options),
      format,
      banner: { js: scriptBanner(format, home) },
      external: [...external, ...recipe.unresolved],
      plugins: [
        ...assetPlugins(plugin.folder, options),
        requiredAsides(plugin.folder),
        outsidePackages(recipe.outside),
        specialModules(recipe.special),
      ],
    } satisfies BuildOptions);
  for (;;) {
    const made = await bundle().catch((error: unknown) => withoutMissing(error, recipe));
    if (!('metafile' in made)) {
      recipe = made;
      continue;
    }
    const { outputFiles, metafile } = made;
    const files = bundledFiles(metafile, plugin);
    const next = nextRecipe(files, surveyor.survey(files), {
      folder: plugin.folder,
      before: recipe,
      program,
      places,
    });
    if (isSameRecipe(next, recipe)) {
      const code = withOpenEndings(outputFiles[0]?.text ?? '');
      return { code, inputs: files.map(({ file }) => file), asking: next.asking };
    }
    recipe = next;
  }
}

/** Returns a recipe without the optional packages that are missing. */
function withoutMissing(error: unknown, recipe: Recipe): Recipe {
  const missing = isBuildFailure(error) ? error.errors.map(missingOptional) : [undefined];
  if (missing.includes(undefined)) throw error;
  return {
    ...recipe,
    unresolved: new Set([...recipe.unresolved, ...missing.filter((name) => name !== undefined)]),
  };
}

/** Returns the format in which Node reads the file, determined by its extension or its package. */
export function formatOf(file: string): 'esm' | 'cjs' {
  if (/\.m[jt]s$/.test(file)) return 'esm';
  if (/\.c[jt]s$/.test(file)) return 'cjs';
  const manifest = packageJsonOf(file);
  return manifest !== undefined && isModulePackage(manifest) ? 'esm' : 'cjs';
}

/** Returns the package.json that determines the format of a package's script: it must be beside the script where that runs. */
export function packageJsonBeside(file: string): string | undefined {
  return packagesRootOf(file) === undefined ? undefined : packageJsonOf(file);
}

function packageJsonOf(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}

function isModulePackage(path: string): boolean {
  return (JSON.parse(readFileSync(path, 'utf8')) as { type?: string }).type === 'module';
}
