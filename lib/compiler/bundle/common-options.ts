import type { BuildOptions } from 'esbuild';
import { declarationsSpecifier, hostBindingSpecifier } from '../../plugin/own-symbols.js';
import type { ResolvedOptions } from '../options.js';
import {
  adaptersModule,
  declarationsModule,
  hostBindingModule,
  httpPluginModule,
  pluginModule,
  storesModule,
} from '../plugin-module.js';
import { placeDefines } from './banner.js';

/** What esbuild is told of the tsconfig.json of a plugin. */
export interface BundleProject {
  /** Path of the tsconfig.json to follow; `undefined` for the nearest one, which esbuild finds by itself. */
  readonly tsconfig: string | undefined;
  /** Further conditions of `exports`, which esbuild does not read from a tsconfig.json. */
  readonly conditions: readonly string[];
}

/** Returns the options of esbuild with which all code of an artifact is bundled: the plugin's, and that of its scripts. */
export function commonOptions(
  folder: string,
  { tsconfig, conditions }: BundleProject,
  { define }: Pick<ResolvedOptions, 'define'>,
) {
  return {
    absWorkingDir: folder,
    ...(tsconfig !== undefined && { tsconfig }),
    // esbuild drops `module`, its default, where others are given.
    ...(conditions.length > 0 && { conditions: ['module', ...conditions] }),
    alias: { ...ownModules },
    define: { ...placeDefines, ...jsonValues(define) },
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    metafile: true,
    logLevel: 'silent',
  } as const satisfies BuildOptions;
}

/** The modules of liveswap that code in an artifact may import. */
const ownModules: Readonly<Record<string, string>> = {
  'liveswap/plugin': pluginModule,
  'liveswap/http/plugin': httpPluginModule,
  'liveswap/stores': storesModule,
  'liveswap/adapters': adaptersModule,
  [hostBindingSpecifier]: hostBindingModule,
  [declarationsSpecifier]: declarationsModule,
};

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
