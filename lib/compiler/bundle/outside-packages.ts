import type { Plugin } from 'esbuild';

/** A package that is not in the artifact, so the server must have it in a `node_modules`. */
export interface OutsidePackage {
  /** The package's name. */
  readonly name: string;
  /** Reason why the package is not in the artifact: `it loads a native addon`. */
  readonly reason: string;
  /** True when the plugin imports the package directly, and so cannot work without it. */
  readonly isNeeded: boolean;
}

/** An imported package that stays outside. */
export interface OutsideModule extends Pick<OutsidePackage, 'reason' | 'isNeeded'> {
  /** True when it consists of ES modules, so Node has to import it. */
  readonly isEsm: boolean;
}

/** Where modules stand that load a package that stays outside. */
export const outsideNamespace = 'liveswap-outside';

/** Leaves packages out. CommonJS packages are loaded by `require`, so that imports from them mean the same as in the artifact. */
export function outsidePackages(packages: ReadonlyMap<string, OutsideModule>): Plugin {
  return {
    name: outsideNamespace,
    setup(build) {
      if (packages.size === 0) return;
      const filter = new RegExp(`^(?:${[...packages.keys()].join('|').replaceAll('.', '\\.')})(?:/|$)`);
      build.onResolve({ filter }, ({ path, namespace, kind }) => {
        const isImported = kind === 'import-statement' || kind === 'dynamic-import';
        if (namespace === outsideNamespace || kind === 'require-resolve') return { path, external: true };
        if (isImported && packages.get(packageNameOf(path))?.isEsm) return { path, external: true };
        return { path, namespace: outsideNamespace };
      });
      build.onLoad({ filter: /.*/, namespace: outsideNamespace }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
        loader: 'js',
      }));
    },
  };
}

/** Returns the name of the package in a specifier. */
export function packageNameOf(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}
