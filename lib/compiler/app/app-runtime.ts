import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import type { CarriedFile } from '../../manifest/files-block.js';
import { pluginModule } from '../plugin-module.js';

/**
 * Parts of liveswap in an app's artifact: the module that runs the app, and one for the thread of module hooks, where there is
 * such a thread.
 */
export const RUNTIME = 'liveswap-app.mjs';
const LOADER = 'liveswap-loader.mjs';

let made: Promise<CarriedFile[]> | undefined;

/**
 * Bundles the code that runs an app in its thread. `liveswap/plugin` is part of it, so that the app's own files use the same
 * copy.
 */
export function appRuntime(): Promise<CarriedFile[]> {
  made ??= bundleRuntime();
  return made;
}

async function bundleRuntime(): Promise<CarriedFile[]> {
  const folder = join(dirname(dirname(pluginModule)), 'app-thread');
  const { outputFiles } = await build({
    entryPoints: [
      { in: join(folder, 'index.js'), out: RUNTIME.replace(/\.mjs$/, '') },
      { in: join(folder, 'loader-thread.js'), out: LOADER.replace(/\.mjs$/, '') },
    ],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    banner: {
      js: `import { createRequire as liveswapRequire } from 'node:module'; const require = liveswapRequire(import.meta.url);`,
    },
  });
  return outputFiles.map(({ path, contents }) => ({ path: path.slice(folder.length + 1), bytes: contents }));
}
