import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** This package's own `liveswap/plugin`, compiled: every plugin gets this one, whatever is installed where it lives. */
export const pluginModule = createRequire(import.meta.url).resolve('#plugin-module');

/** The types that `liveswap/plugin` has for the type checker. */
export const pluginTypes = pluginModule.replace(/\.js$/, '.d.ts');

/** The compiled `lib/`, which holds everything that the plugin module imports. */
export const compiledLib = dirname(dirname(pluginModule));
