// Bundles the compiled entry points of the package into dist/entries. Finding and linking a module takes longer than running it,
// so there are few files. The code that the host shares with entry points that do not load it is one chunk (esbuild would make
// thirty, one for each set of entry points), and the small packages that every host loads are inside. Declarations stay with the
// files.
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Code that reaches this file has loaded the host. */
const HOST = 'dist/lib/swap/swapper.js';
const inside = ['comlink', 'devalue'];
/** Packages in CommonJS: for an `import`, Node parses them twice more, to find their format and their exports. */
const required = ['esbuild', 'ts-morph'];

const { exports, imports } = JSON.parse(readFileSync('package.json', 'utf8'));
const bundled = /^\.\/dist\/entries\/(.+)$/;
const targets = [...Object.values(exports), ...Object.values(imports)].map((one) => one.default ?? one);
const entries = targets.flatMap((target) => bundled.exec(target)?.[1] ?? []);
const options = {
  entryPoints: [...entries, 'cli/main.js'].map((entry) => `dist/lib/${entry}`),
  outbase: 'dist/lib',
  outdir: 'dist/entries',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  alias: Object.fromEntries(inside.map((name) => [name, fileURLToPath(import.meta.resolve(name))])),
  plugins: [requiring(required)],
  logLevel: 'warning',
};

rmSync('dist/entries', { recursive: true, force: true });
const { metafile } = await build({ ...options, metafile: true, write: false });
await build({
  ...options,
  plugins: [...options.plugins, sharing(metafile.inputs)],
  // Otherwise `sideEffects` of package.json would drop imports that are not used.
  ignoreAnnotations: true,
});

/**
 * Makes one chunk of the host's files that are also loaded without the host: every entry point, even a lazy one, imports all of
 * them.
 */
function sharing(inputs) {
  const follow = (file, kind) =>
    inputs[file].imports.flatMap((one) => (one.kind === kind && !one.external ? one.path : []));
  const reach = (file, reached = new Set()) => {
    if (reached.has(file)) return reached;
    reached.add(file);
    for (const next of follow(file, 'import-statement')) reach(next, reached);
    return reached;
  };
  const lazy = Object.keys(inputs).flatMap((file) => follow(file, 'dynamic-import'));
  const starts = [...options.entryPoints, ...lazy];
  const withoutHost = starts.map((file) => reach(file)).filter((graph) => !graph.has(HOST));
  const shared = [...reach('dist/lib/index.js')].filter((file) =>
    withoutHost.some((graph) => graph.has(file)),
  );

  const paths = new Set(starts.map((file) => resolve(file)));
  const all = shared.map((file) => `import ${JSON.stringify(resolve(file))};\n`).join('');
  return {
    name: 'sharing',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) =>
        paths.has(path) ? { contents: `${readFileSync(path, 'utf8')}\n${all}` } : undefined,
      );
    },
  };
}

/** Loads packages by `require`. */
function requiring(names) {
  const require = createRequire(import.meta.url);
  return {
    name: 'requiring',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path }) => ({
        path,
        namespace: 'requiring',
      }));
      onLoad({ filter: /./, namespace: 'requiring' }, ({ path }) => ({
        contents: `import { createRequire } from 'node:module';
          export const { ${Object.keys(require(path)).join(', ')} } = createRequire(import.meta.url)('${path}');`,
      }));
    },
  };
}
