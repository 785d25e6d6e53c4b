// Bundles what every thread runs into two files: the entry that Piscina requires, and the code that the entry runs by a script,
// with what V8 has compiled of it earlier. So that code is wrapped in the function that `require` would wrap it in.
import { build } from 'esbuild';
import { define } from './own-build.mjs';

const options = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  mainFields: ['module', 'main'],
  define,
  minifyWhitespace: true,
  lineLimit: 160,
  outdir: 'dist/workers',
  outExtension: { '.js': '.bundle.cjs' },
  logLevel: 'warning',
};
await build({ ...options, entryPoints: ['dist/workers/entry.js'] });
await build({
  ...options,
  entryPoints: ['dist/workers/thread.js'],
  banner: { js: '(function (exports, require, module) {' },
  footer: { js: '})' },
});
