import { resolve } from 'node:path';
import { context, type BuildContext, type Plugin } from 'esbuild';
import { artifactFileName } from '../../manifest/artifact.js';
import type { BuildAdapters } from '../adapters/build-adapters.js';
import type { Endings } from '../collect/own-symbols.js';
import { declaringEntry, entryFileName } from '../entry.js';
import type { ResolvedOptions } from '../options.js';
import { adaptedPackages } from './adapted-packages.js';
import { assetPlugins } from './asset-plugins.js';
import { banner } from './banner.js';
import { commonOptions, type BundleProject } from './common-options.js';
import { nativeAddons } from './native-addons.js';
import { outsidePackages } from './outside-packages.js';
import type { Recipe } from './recipe.js';
import { requiredAsides } from './required-asides.js';
import { specialModules, type SpecialModule } from './special-modules.js';

/** Source of a bundle. */
export interface BundleSource extends BundleProject {
  /** Source of the entry module. */
  readonly entry: string;
  readonly endings: Endings;
}

/**
 * Creates an esbuild context for a plugin, which keeps parsed files.
 *
 * @param options.onStart is called at the beginning of each bundle. esbuild goes on when it has received the answer.
 */
export function createContext(
  { name, folder }: { readonly name: string; readonly folder: string },
  { entry, endings, ...project }: BundleSource,
  { declares, hasAddons, outside, special, unresolved }: Recipe,
  options: ResolvedOptions & { readonly adapted: BuildAdapters; readonly onStart: () => void },
): Promise<BuildContext> {
  const { outDir, external, minify, sourcemap } = options;
  return context({
    ...commonOptions(folder, project, options),
    stdin: {
      contents: declares ? declaringEntry(entry) : entry,
      resolveDir: folder,
      sourcefile: entryFileName(name),
      loader: 'ts',
    },
    outfile: resolve(outDir, artifactFileName(name)),
    format: 'esm',
    keepNames: true,
    minifyWhitespace: minify,
    minifySyntax: minify,
    minifyIdentifiers: minify,
    sourcemap: sourcemap && 'external',
    banner: { js: banner },
    external: [...external, ...unresolved],
    plugins: [
      startTelling(options.onStart),
      ...assetPlugins(folder, options),
      requiredAsides(folder),
      adaptedPackages(options.adapted),
      outsidePackages(outside),
      nativeAddons(hasAddons ? outDir : undefined),
      specialModules(withEndings(special, endings)),
    ],
  });
}

function startTelling(onStart: () => void): Plugin {
  return { name: 'liveswap-start', setup: (build) => build.onStart(onStart) };
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
