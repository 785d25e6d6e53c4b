import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ts } from 'ts-morph';
import { followsNode } from './module-format.js';
import { httpPluginTypes, pluginTypes, storesTypes } from './plugin-module.js';

/** Compiler options of plugins without a tsconfig.json. */
export const defaultOptions: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  esModuleInterop: true,
  resolveJsonModule: true,
  // Only Node's type package counts, which is added below.
  typeRoots: [],
};

/** Returns the default type packages: all that exist, and Node's if it can be found at all. */
function typePackages(options: ts.CompilerOptions, folder: string): ts.CompilerOptions {
  if (options.types) return {};
  const types = ts.getAutomaticTypeDirectiveNames({ ...options, types: ['*'] }, ts.sys);
  const nodeTypes = types.includes('node') ? undefined : nodeTypesNear(folder);
  if (!nodeTypes) return { types };
  const typeRoots = [...(ts.getEffectiveTypeRoots(options, ts.sys) ?? []), nodeTypes];
  return { types: [...types, 'node'], typeRoots };
}

/** Returns the folder of an `@types/node` that the plugin, the process or liveswap itself can see. */
function nodeTypesNear(folder: string): string | undefined {
  for (const from of [join(folder, 'index.ts'), join(process.cwd(), 'index.ts'), import.meta.url]) {
    try {
      return dirname(dirname(createRequire(from).resolve('@types/node/package.json')));
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Returns whether TypeScript may look for packages as `require` does, in a mode in which conditions can be added. */
function mayEmitCommonJs(options: ts.CompilerOptions): boolean {
  const { module, moduleResolution } = options;
  const isBundled = moduleResolution === ts.ModuleResolutionKind.Bundler;
  return followsNode(options) || (module === ts.ModuleKind.CommonJS && isBundled);
}

/** Options for written files. The compiler writes none here, and these options would restrict the location of sources. */
const emitOptions = new Set([
  'composite',
  'declarationDir',
  'incremental',
  'outDir',
  'outFile',
  'rootDir',
  'tsBuildInfoFile',
]);

/**
 * Returns the compiler options with which liveswap reads sources in `folder`, given those of their tsconfig.json. `isApp` is true
 * when they belong to an unchanged server rather than to plugins.
 */
export function compilerOptions(
  options: ts.CompilerOptions,
  folder: string,
  isApp: boolean,
): ts.CompilerOptions {
  return {
    ...Object.fromEntries(Object.entries(options).filter(([name]) => !emitOptions.has(name))),
    ...typePackages(options, folder),
    // An artifact is an ES module, so it can import packages that are only for ES modules, whatever the format of the file
    // itself.
    ...(!isApp &&
      mayEmitCommonJs(options) && { customConditions: [...(options.customConditions ?? []), 'import'] }),
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: {
      ...options.paths,
      'liveswap/plugin': [pluginTypes],
      'liveswap/http/plugin': [httpPluginTypes],
      'liveswap/stores': [storesTypes],
    },
  };
}
