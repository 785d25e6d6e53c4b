// Bundles the modules of this package that plugins import into dist/plugin-modules. An artifact is then made of a dozen files
// instead of fifty, all of which esbuild links anew at each save. Entry points share chunks, because shared code exists once in
// an artifact. Declarations stay with the files.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const adapters = readdirSync('dist/lib/adapters/builtin').filter((name) => /^(?!index\.).*\.js$/.test(name));

const { outputFiles, metafile } = await build({
  entryPoints: [
    'plugin/index.js',
    'plugin/artifact-binding.js',
    'plugin/declarations.js',
    'http/plugin/index.js',
    'stores/index.js',
    'adapters/index.js',
    'adapters/adapted-module.js',
    ...adapters.map((name) => `adapters/builtin/${name}`),
    // Most plugins use neither of these. esbuild leaves out a file from which nothing is used, whatever its code does when it
    // runs.
    'plugin/kept.js',
    'live-data/live-data.js',
  ].map((entry) => `dist/lib/${entry}`),
  outbase: 'dist/lib',
  outdir: 'dist/plugin-modules',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  write: false,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  charset: 'utf8',
  packages: 'external',
  alias: { devalue: fileURLToPath(import.meta.resolve('devalue')) },
  logLevel: 'warning',
});

/** Chunks that hold the declarations of a plugin: a build checks whether its bundle contains one. */
const declarations = Object.entries(metafile.outputs).flatMap(([path, { inputs }]) =>
  Object.keys(inputs).some((input) => /plugin\/(kept-roots|resources|takers|ticker)\.js$/.test(input))
    ? [basename(path)]
    : [],
);

rmSync('dist/plugin-modules', { recursive: true, force: true });
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(withMarks(path), withMarks(withNames(withoutBareImports(text))));
}

/** Drops imports that only order the evaluation, which no module here needs: esbuild warns of each one. */
function withoutBareImports(text) {
  return text.replaceAll(/^import "[^"]+";\n/gm, '');
}

/** Returns a text in which the names of these chunks begin with `declarations-`. */
function withMarks(text) {
  return declarations.reduce(
    (rest, chunk) => rest.replaceAll(chunk, chunk.replace('chunk-', 'declarations-')),
    text,
  );
}

/**
 * Gives classes their names again: esbuild writes `var X = class _X` for a class that names itself, and keeps `_X` when it
 * bundles again.
 */
function withNames(text) {
  const renamed = Array.from(text.matchAll(/^var (\w+) = class _\1\b/gm), ([, name]) => name);
  return renamed.reduce((rest, name) => rest.replaceAll(new RegExp(`\\b_${name}\\b`, 'g'), name), text);
}
