import { basename, dirname, parse } from 'node:path';
import { build } from 'esbuild';
import { relativePath } from '../../core/paths.js';
import { entryPoint } from '../entry-point.js';
import type { OwnModule } from './own-module.js';

const NEEDS_COMPILING = /\.(?:[cm]?ts|tsx|jsx)$/;

/**
 * Compiles the modules that Node cannot read to JavaScript, with an inline source map each. It follows their tsconfig.json except
 * for `paths`, because the build resolves imports.
 *
 * @param groups are the modules by their tsconfig.json; `undefined` is the nearest one of each, which esbuild finds by itself.
 * @returns the code by absolute path, without modules that Node can read as they are.
 */
export async function compileModules(
  groups: ReadonlyMap<string | undefined, readonly OwnModule[]>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const compiled = new Map<string, Uint8Array>();
  const jobs = [...groups].flatMap(([tsconfig, modules]) =>
    (['module', 'commonjs'] as const).map((format) => ({ tsconfig, modules, format })),
  );
  await Promise.all(
    jobs.map(async ({ tsconfig, modules, format }) => {
      const typed = modules.filter((one) => one.format === format && NEEDS_COMPILING.test(one.path));
      for (const some of withoutTwins(typed.map(({ path }) => path)))
        for (const [path, code] of await compile(some, format, tsconfig)) compiled.set(path, code);
    }),
  );
  return compiled;
}

/** Splits paths into lists in which no two differ only by case, because esbuild would take these for one file. */
function withoutTwins(paths: readonly string[]): string[][] {
  const lists: { readonly keys: Set<string>; readonly paths: string[] }[] = [];
  for (const path of paths) {
    const key = path.toLowerCase();
    let list = lists.find(({ keys }) => !keys.has(key));
    if (!list) lists.push((list = { keys: new Set(), paths: [] }));
    list.keys.add(key);
    list.paths.push(path);
  }
  return lists.map((list) => list.paths);
}

async function compile(
  paths: readonly string[],
  format: 'module' | 'commonjs',
  tsconfig: string | undefined,
): Promise<[path: string, code: Uint8Array][]> {
  const [first = ''] = paths;
  const { root } = parse(first);
  const folder = dirname(first);
  // Beside its module, as where it is loaded: its source map names the module relative to the code.
  const placeOf = (path: string, index: number): string => `${relativePath(root, dirname(path))}/${index}`;
  const { outputFiles } = await build({
    entryPoints: paths.map((path, index) => ({ in: entryPoint(path, folder), out: placeOf(path, index) })),
    absWorkingDir: folder,
    ...(tsconfig !== undefined && { tsconfig }),
    outdir: root,
    write: false,
    bundle: false,
    platform: 'node',
    format: format === 'module' ? 'esm' : 'cjs',
    target: `node${process.versions.node}`,
    sourcemap: 'inline',
    sourcesContent: false,
    charset: 'utf8',
    logLevel: 'silent',
  });
  return outputFiles.map(({ path, contents }) => [paths[Number(basename(path, '.js'))] as string, contents]);
}
