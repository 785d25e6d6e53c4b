import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const { resolve } = createRequire(import.meta.url);

/** This package's own `liveswap/plugin`, compiled: every plugin gets this one, whatever is installed where it lives. */
export const pluginModule = resolve('#plugin-module');

/** The types that `liveswap/plugin` has for the type checker. */
export const pluginTypes = pluginModule.replace(/\.js$/, '.d.ts');

/** Path of the module `liveswap/http/plugin`, and of its types. */
export const httpPluginModule = join(dirname(dirname(pluginModule)), 'http', 'plugin', 'index.js');
export const httpPluginTypes = httpPluginModule.replace(/\.js$/, '.d.ts');

/** Path of the module `liveswap/adapters`. */
export const adaptersModule = join(dirname(dirname(pluginModule)), 'adapters', 'index.js');

/** Path of the module `liveswap/stores`, and of its types. */
export const storesModule = join(dirname(dirname(pluginModule)), 'stores', 'index.js');
export const storesTypes = storesModule.replace(/\.js$/, '.d.ts');

/** Path of the module that binds an artifact to its host. */
export const hostBindingModule = join(dirname(pluginModule), 'artifact-binding.js');

const compiledLib = dirname(dirname(pluginModule));

/** The types that `liveswap` has for a host. */
export const hostTypes = join(compiledLib, 'index.d.ts');

/** Folders of liveswap's modules that every artifact contains, and their names there. */
export const ownPlaces: readonly (readonly [folder: string, name: string])[] = [
  [compiledLib, 'liveswap:'],
  [join(dirname(dirname(compiledLib)), 'lib'), 'liveswap:'],
  [dirname(resolve('devalue')), 'liveswap:devalue/'],
];
