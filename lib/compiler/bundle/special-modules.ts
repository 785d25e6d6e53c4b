import { readFile } from 'node:fs/promises';
import type { Loader, OnLoadResult, Plugin } from 'esbuild';
import { posixPath } from '../../core/paths.js';
import { commonJsModule, commonJsTypeScript } from './commonjs-module.js';

/** Returns the text that replaces that of a module. */
export type Rewrite = (text: string, file: string) => string;

/** A module that is not bundled as it is. */
export interface SpecialModule {
  readonly rewrites: readonly Rewrite[];
}

/**
 * Replaces the text of some modules, and compiles CommonJS modules. esbuild calls back only for these, so that it need not wait while
 * types are checked.
 */
export function specialModules(modules: ReadonlyMap<string, SpecialModule>): Plugin {
  return {
    name: 'liveswap-special-modules',
    setup(build) {
      const filter = new RegExp(
        [commonJsTypeScript.source, ...Array.from(modules.keys(), exactly)].join('|'),
      );
      build.onLoad({ filter, namespace: 'file' }, async ({ path }): Promise<OnLoadResult | undefined> => {
        const special = modules.get(path);
        const isCommonJs = commonJsTypeScript.test(path);
        if (!special && !isCommonJs) return undefined;
        const text = await readFile(path, 'utf8');
        const contents = (special?.rewrites ?? []).reduce((before, rewrite) => rewrite(before, path), text);
        return isCommonJs ? commonJsModule(contents, path, build) : { contents, loader: loaderOf(path) };
      });
    },
  };
}

function loaderOf(file: string): Loader {
  const [, kind = 'js'] = /\.[cm]?([jt]sx?)$/.exec(posixPath(file)) ?? [];
  return kind as Loader;
}

function exactly(path: string): string {
  return `^${path.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`;
}
