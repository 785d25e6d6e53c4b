import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { context, type BuildContext, type Plugin } from 'esbuild';
import { artifactFileName } from '../../manifest/artifact.js';
import type { BuildAdapters } from '../adapters/build-adapters.js';
import { isAsset } from '../assets.js';
import type { Endings } from '../collect/own-symbols.js';
import { declarationsSpecifier, hostBindingSpecifier } from '../../plugin/own-symbols.js';
import { declaringEntry, entryFileName } from '../entry.js';
import type { ResolvedOptions } from '../options.js';
import {
  adaptersModule,
  declarationsModule,
  hostBindingModule,
  httpPluginModule,
  pluginModule,
  storesModule,
} from '../plugin-module.js';
import { adaptedPackages } from './adapted-packages.js';
import { banner, placeDefines } from './banner.js';
import { ADDON_SUFFIX, nativeAddons } from './native-addons.js';
import { outsidePackages } from './outside-packages.js';
import type { Recipe } from './recipe.js';
import { specialModules, type SpecialModule } from './special-modules.js';

/** Source of a bundle. */
export interface BundleSource {
  /** Source of the entry module. */
  readonly entry: string;
  readonly endings: Endings;
  /** Path of the tsconfig.json to follow; `undefined` for the nearest one, which esbuild finds by itself. */
  readonly tsconfig: string | undefined;
  /** Further conditions of `exports`, which esbuild does not read from a tsconfig.json. */
  readonly conditions: readonly string[];
}

/**
 * Creates an esbuild context for a plugin, which keeps parsed files.
 *
 * @param options.onStart is called at the beginning of each bundle. esbuild goes on when it has received the answer.
 */
export function createContext(
  { name, folder }: { readonly name: string; readonly folder: string },
  { entry, endings, tsconfig, conditions }: BundleSource,
  { declares, hasAddons, outside, special, unresolved }: Recipe,
  options: ResolvedOptions & { readonly adapted: BuildAdapters; readonly onStart: () => void },
): Promise<BuildContext> {
  const { outDir, define, external, minify, sourcemap } = options;
  return context({
    stdin: {
      contents: declares ? declaringEntry(entry) : entry,
      resolveDir: folder,
      sourcefile: entryFileName(name),
      loader: 'ts',
    },
    alias: ownModuleAlias,
    absWorkingDir: folder,
    ...(tsconfig !== undefined && { tsconfig }),
    ...withConditions(conditions),
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
    define: definesOf(define),
    external: [...external, ...unresolved, ...(hasAddons ? [] : [`*${ADDON_SUFFIX}`])],
    plugins: [
      startTelling(options.onStart),
      ...assetPlugins(folder, options),
      adaptedPackages(options.adapted),
      outsidePackages(outside),
      ...(hasAddons ? [nativeAddons(outDir)] : []),
      specialModules(withEndings(special, endings)),
    ],
  });
}

/** The modules of liveswap that code in an artifact may import. */
export const ownModuleAlias: Readonly<Record<string, string>> = {
  'liveswap/plugin': pluginModule,
  'liveswap/http/plugin': httpPluginModule,
  'liveswap/stores': storesModule,
  'liveswap/adapters': adaptersModule,
  [hostBindingSpecifier]: hostBindingModule,
  [declarationsSpecifier]: declarationsModule,
};

/** Returns the values of names in a bundle: those of the flags, and the place of each module. */
export function definesOf(define: ResolvedOptions['define']): Record<string, string> {
  return { ...placeDefines, ...jsonValues(define) };
}

/** Returns the option for conditions beside those of Node; esbuild drops `module`, its default, where others are given. */
export function withConditions(conditions: readonly string[]): { conditions?: string[] } {
  return conditions.length > 0 ? { conditions: ['module', ...conditions] } : {};
}

function startTelling(onStart: () => void): Plugin {
  return { name: 'liveswap-start', setup: (build) => build.onStart(onStart) };
}

/** Returns the plugin that imports files as text, if there are any for the options. */
export function assetPlugins(
  folder: string,
  options: Pick<ResolvedOptions, 'include' | 'exclude'>,
): Plugin[] {
  if (!options.include) return [];
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

/** Appends code to some modules, because everything they declare is in scope at their end. */
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
