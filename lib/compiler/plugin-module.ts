import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageFile } from '../core/package-files.js';

/** Path of this package's own compiled `liveswap/plugin`: every plugin gets this one, whatever is installed beside it. */
export const pluginModule = packageFile('#plugin-module');

/** Path of the types of `liveswap/plugin`. */
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

/** Path of the types of `liveswap`, for hosts. */
export const hostTypes = join(compiledLib, 'index.d.ts');

/** Folders of liveswap's modules in every artifact, and their names there. */
export const ownPlaces: readonly (readonly [folder: string, name: string])[] = [
  [compiledLib, 'liveswap:'],
  [join(dirname(dirname(compiledLib)), 'lib'), 'liveswap:'],
  [dirname(createRequire(import.meta.url).resolve('devalue')), 'liveswap:devalue/'],
];
