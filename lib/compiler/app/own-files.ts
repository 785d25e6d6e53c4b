import { readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { moduleFormat, type ModuleFormat } from './module-format.js';

/** One of an app's own files, found by following its imports. */
export interface OwnModule {
  /** Absolute real path. */
  readonly path: string;
  readonly format: ModuleFormat;
  /** Own files that it imports under names which Node alone would not find there, by specifier. */
  readonly imports: Readonly<Record<string, string>>;
}

const RESOLVED = Symbol('resolved');
const MODULE = /\.(?:[cm]?[jt]s|[jt]sx|json)$/;

/**
 * Finds every file that the entries reach by `import` and `require` outside of `node_modules`. Packages that are links, as those of
 * a workspace, are the app's own. What cannot be found is left to the moment it is asked for, as Node leaves it.
 *
 * @param entries absolute real paths.
 * @throws the failure of esbuild, whose `errors` have places, when a file cannot be parsed.
 */
export async function findOwnModules(entries: readonly string[]): Promise<OwnModule[]> {
  const folder = dirname(entries[0] as string);
  const { metafile } = await build({
    entryPoints: [...entries],
    absWorkingDir: folder,
    outdir: join(folder, 'out'),
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    plugins: [ownOnly],
  });
  const modules = Object.entries(metafile.inputs).filter(([path]) => !path.includes(':'));
  return Promise.all(
    modules.map(async ([path, input]) => {
      const file = resolve(folder, path);
      return {
        path: file,
        format: await moduleFormat(file, input.format),
        imports: importsOf(input, folder, dirname(file)),
      };
    }),
  );
}

/** What Node would not find itself: paths of tsconfig, `.js` that is a `.ts`, missing extensions, packages that are links. */
function importsOf(
  { imports }: Metafile['inputs'][string],
  folder: string,
  from: string,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { path, original, external } of imports) {
    if (external || original === undefined) continue;
    const target = resolve(folder, path);
    if (resolve(from, original) !== target || !/^[./]/.test(original)) found[original] = target;
  }
  return found;
}

/** Leaves out packages, built-in modules, what is missing, and what esbuild cannot read. */
const ownOnly: Plugin = {
  name: 'liveswap-own-files',
  setup(esbuild) {
    esbuild.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...at }) => {
      if (at.kind === 'entry-point' || pluginData === RESOLVED) return undefined;
      const { kind, importer, resolveDir } = at;
      const found = await esbuild.resolve(path, { kind, importer, resolveDir, pluginData: RESOLVED });
      const isForeign = found.external || found.errors.length > 0 || !isAbsolute(found.path);
      if (isForeign || found.path.includes(`${sep}node_modules${sep}`)) return { path, external: true };
      return { path: await realpath(found.path) };
    });
    esbuild.onLoad({ filter: /.*/ }, async ({ path }) => {
      if (!MODULE.test(path)) return { contents: '', loader: 'js' };
      if (!/\.c?js$/.test(path) || (await moduleFormat(path, 'cjs')) !== 'commonjs') return undefined;
      return { contents: await requiresOf(path), loader: 'js' };
    });
  },
};

/**
 * What a file of CommonJS requires, as code that does nothing else: it may be written in a way that no ES module can be. One that
 * turns out to be an ES module by what is written in it is taken as it is.
 */
async function requiresOf(path: string): Promise<string> {
  const source = await readFile(path, 'utf8');
  const { metafile } = await build({
    stdin: { contents: source, sourcefile: path, resolveDir: dirname(path), loader: 'js' },
    absWorkingDir: dirname(path),
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    supported: { 'top-level-await': true },
    external: ['*'],
    logLevel: 'silent',
  }).catch(() => ({ metafile: undefined }));
  const input = Object.values(metafile?.inputs ?? {})[0];
  if (!input || input.format === 'esm') return source;
  return input.imports
    .map(
      ({ path: name, kind }) => `${kind === 'require-call' ? 'require' : 'import'}(${JSON.stringify(name)});`,
    )
    .join('\n');
}
