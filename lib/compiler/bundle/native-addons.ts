import { resolve } from 'node:path';
import type { OnResolveArgs, Plugin, PluginBuild } from 'esbuild';
import { relativePath } from '../../core/paths.js';

/** Ending of the file names of native addons. */
const ADDON_SUFFIX = '.node';

/** Returns whether a path is that of a native addon. */
export function isAddon(path: string): boolean {
  return path.endsWith(ADDON_SUFFIX);
}

const NAMESPACE = 'liveswap-native';

/** Marks the question what a specifier leads to. */
const ASKED = Symbol('asked');

/**
 * Leaves `.node` files where they are. With `outDir`, the artifact in it requires them from there when it runs; without, the imports
 * stay as they are written.
 */
export function nativeAddons(outDir: string | undefined): Plugin {
  return {
    name: 'liveswap-native-addons',
    setup(build) {
      build.onResolve({ filter: /\.node$/ }, async (at) => {
        const { path, resolveDir, namespace } = at;
        if (at.pluginData === ASKED) return undefined;
        if (namespace === NAMESPACE) return { path, external: true };
        if (await leadsToCode(build, at)) return undefined;
        if (outDir === undefined) return { path, external: true };
        return { path: relativePath(resolve(outDir), resolve(resolveDir, path)), namespace: NAMESPACE };
      });
      // Addons that an ES module imports are wrapped, because Node can only require them.
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path.startsWith('.') ? path : `./${path}`)});`,
        loader: 'js',
      }));
    },
  };
}

// `./platform.node` may be `platform.node.js`, as in grammy. An addon that is not there stays an addon.
async function leadsToCode(
  build: PluginBuild,
  { path, importer, namespace, resolveDir, kind }: OnResolveArgs,
): Promise<boolean> {
  const asked = { importer, namespace, resolveDir, kind, pluginData: ASKED };
  const found = await build.resolve(path, asked);
  return found.errors.length === 0 && !isAddon(found.path);
}
