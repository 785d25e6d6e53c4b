import type { Metafile, Plugin } from 'esbuild';
import { relativePath } from '../../core/paths.js';

type Input = Metafile['inputs'][string];

const NAMESPACE = 'liveswap-aside';
const PREFIX = `${NAMESPACE}:`;

/** Returns the specifier of a module whose default export is a function that requires another module. */
export function asideSpecifier(specifier: string): string {
  return `${PREFIX}${specifier}`;
}

/** Returns the specifiers and paths of what a module imports, or requires by such functions. */
export function importsOf({ imports }: Input, inputs: Metafile['inputs']): Input['imports'] {
  return imports.flatMap((one) => (one.path.startsWith(PREFIX) && inputs[one.path]?.imports) || [one]);
}

/**
 * Gives ES modules functions that require what they require by way of `createRequire`. As in Node, that is loaded when it is
 * required, so that a failure can be caught.
 *
 * @param folder is the folder of the plugin: names in the artifact are relative to it.
 */
export function requiredAsides(folder: string): Plugin {
  return {
    name: NAMESPACE,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${PREFIX}`) }, ({ path, resolveDir }) => {
        const specifier = path.slice(PREFIX.length);
        const pluginData: Aside = { specifier, resolveDir };
        return {
          path: `${specifier} from ${relativePath(folder, resolveDir)}`,
          namespace: NAMESPACE,
          pluginData,
        };
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ pluginData }) => {
        const { specifier, resolveDir } = pluginData as Aside;
        const contents = `module.exports = () => require(${JSON.stringify(specifier)});`;
        return { contents, loader: 'js', resolveDir };
      });
    },
  };
}

interface Aside {
  readonly specifier: string;
  readonly resolveDir: string;
}
