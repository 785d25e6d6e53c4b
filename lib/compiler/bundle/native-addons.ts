import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { relativePath } from '../posix-path.js';

/** What the file name of a native addon ends with. */
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
      // What is imported as an ES module too: Node itself only knows how to require an addon.
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path.startsWith('.') ? path : `./${path}`)});`,
        loader: 'js',
      }));
    },
  };
}
