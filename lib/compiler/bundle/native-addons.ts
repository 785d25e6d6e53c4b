import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { relativePath } from '../../core/paths.js';

/** Ending of the file names of native addons. */
export const ADDON_SUFFIX = '.node';

const NAMESPACE = 'liveswap-native';

/** Leaves `.node` files where they are: the artifact in `outDir` requires them from there when it runs. */
export function nativeAddons(outDir: string): Plugin {
  return {
    name: 'liveswap-native-addons',
    setup(build) {
      build.onResolve({ filter: /\.node$/ }, ({ path, resolveDir, namespace }) =>
        namespace === NAMESPACE
          ? { path, external: true }
          : { path: relativePath(resolve(outDir), resolve(resolveDir, path)), namespace: NAMESPACE },
      );
      // Addons that an ES module imports are wrapped, because Node can only require them.
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path.startsWith('.') ? path : `./${path}`)});`,
        loader: 'js',
      }));
    },
  };
}
