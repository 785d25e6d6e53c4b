import { dirname, join } from 'node:path';
import type { Metafile, OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';
import type { Adapter } from '../../adapters/adapter.js';
import { adapterModuleSource } from '../../adapters/adapter-module.js';
import { namesOf } from '../../adapters/adapted-module.js';
import { findInstalled } from '../../adapters/installed-version.js';
import { isWithin } from '../../core/paths.js';
import type { BuildAdapters } from '../adapters/build-adapters.js';
import { adaptersModule } from '../plugin-module.js';
import { outsideNamespace } from './outside-packages.js';

const NAMESPACE = 'liveswap-adapted';

/** Marks a resolution made for the stand-in itself, which needs the original package. */
const ORIGINAL = Symbol('original');

interface StandIn {
  readonly adapter: Adapter;
  readonly form: 'cjs' | 'esm';
  readonly resolveDir: string;
}

/** Gives every importer in the bundle, except the package itself, the adapted form of packages that take work by themselves. */
export function adaptedPackages(adapters: BuildAdapters): Plugin {
  return {
    name: NAMESPACE,
    setup(build) {
      const filter = new RegExp(`^(?:${adapters.set.packages.map(quoted).join('|')})$`);
      const find = (at: OnResolveArgs): OnResolveResult | undefined => {
        const { path: name, kind, importer, namespace, resolveDir } = at;
        if (at.pluginData === ORIGINAL || kind === 'require-resolve') return undefined;
        // This loads the package itself where it stays outside, for the stand-in that adapts it.
        if (namespace === outsideNamespace) return undefined;
        const installed = findInstalled(name, resolveDir);
        if (!installed || isWithin(importer, installed.folder)) return undefined;
        const { version } = installed;
        const adapter = adapters.set.for(name, version);
        if (!adapter) return { warnings: [{ text: unknown(name, version, adapters) }] };
        const form = kind === 'require-call' ? 'cjs' : 'esm';
        const pluginData: StandIn = { adapter, form, resolveDir };
        return { path: `${name}@${version}/${form}`, namespace: NAMESPACE, pluginData };
      };
      build.onResolve({ filter }, find);
      // The stand-in imports the package itself.
      build.onResolve({ filter: /^original:/ }, ({ path, kind, resolveDir }) =>
        build.resolve(path.slice('original:'.length), { kind, resolveDir, pluginData: ORIGINAL }),
      );
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ pluginData }) => {
        const { adapter, form, resolveDir } = pluginData as StandIn;
        const module = adapters.moduleOf(adapter);
        const contents = form === 'cjs' ? commonJsSource(adapter, module) : moduleSource(adapter, module);
        return { contents, loader: 'js', resolveDir };
      });
    },
  };
}

/** Returns the adapted packages in a bundle: `bullmq 5.1.0`. */
export function adaptedIn({ inputs }: Pick<Metafile, 'inputs'>): string[] {
  const begin = `${NAMESPACE}:`;
  const found = Object.keys(inputs)
    .filter((input) => input.startsWith(begin))
    .map((input) => input.slice(begin.length, input.lastIndexOf('/')).replace(/(?!^)@/, ' '));
  return [...new Set(found)].sort();
}

function moduleSource(adapter: Adapter, module: string): string {
  return adapterModuleSource({
    original: `original:${adapter.package}`,
    exports: namesOf(adapter),
    stands: `import { adaptedNamespace } from ${ADAPTING};
import adapter from ${JSON.stringify(module)};
const stands = (exports) => adaptedNamespace(adapter, exports);`,
  });
}

function commonJsSource(adapter: Adapter, module: string): string {
  return [
    `const { adaptedCommonJs } = require(${ADAPTING});`,
    `const adapter = require(${JSON.stringify(module)}).default;`,
    `module.exports = adaptedCommonJs(adapter, require(${JSON.stringify(`original:${adapter.package}`)}));`,
    '',
  ].join('\n');
}

const ADAPTING = JSON.stringify(join(dirname(adaptersModule), 'adapted-module.js'));

function unknown(name: string, version: string, { set }: BuildAdapters): string {
  const known = set.of(name).map(({ versions }) => versions);
  return `No adapter knows ${name} ${version} (there is one for ${known.join(', ')}): it runs in the old and the new version side by side.`;
}

function quoted(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
