import { dirname, join } from 'node:path';
import type { OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';
import { adapterModuleSource } from '../../adapters/adapter-module.js';
import { AdapterSet } from '../../adapters/adapter-set.js';
import { namesOf } from '../../adapters/adapted-module.js';
import { builtinAdapters } from '../../adapters/builtin/index.js';
import { findInstalled } from '../../adapters/installed-version.js';
import { adaptersModule } from '../plugin-module.js';

const NAMESPACE = 'liveswap-adapted';

/** Marks a resolution made for the stand-in itself, which needs the original package. */
const ORIGINAL = Symbol('original');

const adapters = new AdapterSet(builtinAdapters);
const folder = dirname(adaptersModule);

interface StandIn {
  readonly name: string;
  readonly resolveDir: string;
}

/**
 * Gives every importer in the bundle the adapted form of packages that take work by themselves; not the
 * package itself.
 */
export const adaptedPackages: Plugin = {
  name: NAMESPACE,
  setup(build) {
    const filter = new RegExp(`^(?:${adapters.packages.join('|')})$`);
    const find = (at: OnResolveArgs): OnResolveResult | undefined => {
      const { path: name, kind, importer, resolveDir } = at;
      if (at.pluginData === ORIGINAL || kind === 'require-resolve') return undefined;
      const installed = findInstalled(name, resolveDir);
      if (!installed || importer.startsWith(installed.folder)) return undefined;
      if (!adapters.for(name, installed.version))
        return { warnings: [{ text: unknown(name, installed.version) }] };
      const form = kind === 'require-call' ? 'cjs' : 'esm';
      const pluginData: StandIn = { name, resolveDir };
      return { path: `${name}/${form}`, namespace: NAMESPACE, pluginData };
    };
    build.onResolve({ filter }, find);
    // The stand-in imports the package itself.
    build.onResolve({ filter: /^original:/ }, ({ path, kind, resolveDir }) =>
      build.resolve(path.slice('original:'.length), { kind, resolveDir, pluginData: ORIGINAL }),
    );
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path, pluginData }) => {
      const { name, resolveDir } = pluginData as StandIn;
      const contents = path.endsWith('/cjs') ? commonJsSource(name) : moduleSource(name);
      return { contents, loader: 'js', resolveDir };
    });
  },
};

function moduleSource(name: string): string {
  return adapterModuleSource({
    original: `original:${name}`,
    exports: adapters.of(name).flatMap(namesOf),
    stands: `import { adaptedNamespace } from ${moduleAt('adapted-module.js')};
import adapter from ${moduleAt(`builtin/${name}.js`)};
const stands = (exports) => adaptedNamespace(adapter, exports);`,
  });
}

function commonJsSource(name: string): string {
  return [
    `const { adaptedCommonJs } = require(${moduleAt('adapted-module.js')});`,
    `const adapter = require(${moduleAt(`builtin/${name}.js`)}).default;`,
    `module.exports = adaptedCommonJs(adapter, require(${JSON.stringify(`original:${name}`)}));`,
    '',
  ].join('\n');
}

function unknown(name: string, version: string): string {
  const known = adapters.of(name).map(({ versions }) => versions);
  return `No adapter knows ${name} ${version} (there is one for ${known.join(', ')}): it runs in the old and the new version side by side.`;
}

function moduleAt(path: string): string {
  return JSON.stringify(join(folder, path));
}
