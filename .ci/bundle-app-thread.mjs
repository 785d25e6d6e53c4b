// Bundles the code that runs an app in its thread, and the code for the thread of module hooks, where there is such a thread:
// each into one file, beside the files with which threads begin.
import { build } from 'esbuild';
import { define } from './own-build.mjs';

await build({
  entryPoints: [
    { in: 'dist/lib/app-thread/index.js', out: 'app.bundle' },
    { in: 'dist/lib/app-thread/loader-thread.js', out: 'app-loader.bundle' },
  ],
  outdir: 'dist/workers',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  define,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  banner: {
    js: `import { createRequire as liveswapRequire } from 'node:module'; const require = liveswapRequire(import.meta.url);`,
  },
});
