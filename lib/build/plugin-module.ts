import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const { resolve } = createRequire(import.meta.url);

/** This package's own `liveswap/plugin`, compiled: every plugin gets this one, whatever is installed where it lives. */
export const pluginModule = resolve('#plugin-module');

/** The one package that the plugin module imports: live data is written with it. */
export const devalueModule = resolve('devalue');

/** The types that `liveswap/plugin` has for the type checker. */
export const pluginTypes = pluginModule.replace(/\.js$/, '.d.ts');

/** The compiled `lib/`, which holds everything that the plugin module imports. */
export const compiledLib = dirname(dirname(pluginModule));
