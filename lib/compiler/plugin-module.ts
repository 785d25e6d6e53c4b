import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageFile } from '../core/package-files.js';

/** Path of this package's own compiled `liveswap/plugin`: every plugin gets this one, whatever is installed beside it. */
export const pluginModule = packageFile('#plugin-module');

/**
 * The modules that artifacts are made of, in a few files, and the compiled files that these were bundled from, with their types.
 */
const modules = dirname(dirname(pluginModule));
export const compiledLib = join(dirname(modules), 'lib');

/** Path of the types of `liveswap/plugin`. */
export const pluginTypes = join(compiledLib, 'plugin', 'index.d.ts');

/** Path of the module `liveswap/http/plugin`, and of its types. */
export const httpPluginModule = join(modules, 'http', 'plugin', 'index.js');
export const httpPluginTypes = join(compiledLib, 'http', 'plugin', 'index.d.ts');

/** Path of the module `liveswap/adapters`. */
export const adaptersModule = join(modules, 'adapters', 'index.js');

/** Path of the module `liveswap/stores`, and of its types. */
export const storesModule = join(modules, 'stores', 'index.js');
export const storesTypes = join(compiledLib, 'stores', 'index.d.ts');

/** Path of the module that binds an artifact to its host. */
export const hostBindingModule = join(modules, 'plugin', 'artifact-binding.js');

/**
 * Path of the module that holds a plugin's declarations for its thread, and a test for the bundled files that this module
 * consists of.
 */
export const declarationsModule = join(modules, 'plugin', 'declarations.js');
export const holdsDeclarations = (file: string): boolean =>
  file.startsWith(join(modules, 'chunks', 'declarations-'));

/** Path of the types of `liveswap`, for hosts. */
export const hostTypes = join(compiledLib, 'index.d.ts');

/** Folders of liveswap's modules in every artifact, and their names there. */
export const ownPlaces: readonly (readonly [folder: string, name: string])[] = [
  [modules, 'liveswap:'],
  [compiledLib, 'liveswap:'],
  [join(dirname(dirname(compiledLib)), 'lib'), 'liveswap:'],
  [dirname(createRequire(import.meta.url).resolve('devalue')), 'liveswap:devalue/'],
];
