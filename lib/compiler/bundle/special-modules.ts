import { readFile } from 'node:fs/promises';
import type { Loader, OnLoadResult, Plugin } from 'esbuild';
import { posixPath } from '../../core/paths.js';

/** Returns the text that replaces that of a module. */
export type Rewrite = (text: string, file: string) => string;

/** A module that is not bundled as it is. */
export interface SpecialModule {
  readonly rewrites: readonly Rewrite[];
}

/** Replaces the text of some modules. esbuild calls back only for these, so that it need not wait while types are checked. */
export function specialModules(modules: ReadonlyMap<string, SpecialModule>): Plugin {
  return {
    name: 'liveswap-special-modules',
    setup(build) {
      if (modules.size === 0) return;
      const filter = new RegExp(`^(?:${Array.from(modules.keys(), escape).join('|')})$`);
      build.onLoad({ filter, namespace: 'file' }, async ({ path }): Promise<OnLoadResult | undefined> => {
        const special = modules.get(path);
        if (!special) return undefined;
        const text = await readFile(path, 'utf8');
        return {
          contents: special.rewrites.reduce((contents, rewrite) => rewrite(contents, path), text),
          loader: loaderOf(path),
        };
      });
    },
  };
}

function loaderOf(file: string): Loader {
  const [, kind = 'js'] = /\.[cm]?([jt]sx?)$/.exec(posixPath(file)) ?? [];
  return kind as Loader;
}

function escape(path: string): string {
  return path.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
