import { resolve } from 'node:path';
import { build } from 'esbuild';
import type { Adapter } from '../../adapters/adapter.js';
import { LiveswapError, messageOf } from '../../core/errors.js';
import type { CarriedFile } from '../../manifest/files-block.js';
import { findingOf, isBuildFailure } from '../diagnostics/esbuild-messages.js';
import { buildFailed } from '../diagnostics/build-failed.js';
import { shownPath } from '../diagnostics/shown-path.js';
import { entryPoint } from '../entry-point.js';
import { adaptersModule } from '../plugin-module.js';

/** The folder for adapters in an artifact. */
const FOLDER = 'adapters/';

/** Adapters of a project: modules whose default export was made by `defineAdapter`, each bundled into one file. */
export interface OwnAdapters {
  readonly adapters: readonly Adapter[];
  readonly carried: readonly CarriedFile[];
  /** Paths of the adapters inside an app's artifact. */
  readonly paths: readonly string[];
  /** Absolute paths of their sources. */
  readonly inputs: readonly string[];
}

export const noneOfOnesOwn: OwnAdapters = { adapters: [], carried: [], paths: [], inputs: [] };

/**
 * Bundles adapters, and imports each one to read its package.
 *
 * @throws LiveswapError `BUILD_FAILED` when one cannot be bundled; `OPTION_INVALID` when one throws, or is not an adapter
 */
export async function ownAdapters(files: readonly string[]): Promise<OwnAdapters> {
  if (files.length === 0) return noneOfOnesOwn;
  const cwd = process.cwd();
  const { outputFiles, metafile } = await bundle(files, cwd);
  const paths = files.map((_file, index) => `${FOLDER}${index}.mjs`);
  return {
    adapters: await Promise.all(
      outputFiles.map(({ contents }, index) => adapterIn(files[index] as string, contents)),
    ),
    carried: outputFiles.map(({ contents }, index) => ({ path: paths[index] as string, bytes: contents })),
    paths,
    inputs: Object.keys(metafile.inputs).map((path) => resolve(cwd, path)),
  };
}

async function bundle(files: readonly string[], cwd: string) {
  try {
    return await build({
      entryPoints: files.map((file, index) => ({ in: entryPoint(resolve(file), cwd), out: String(index) })),
      absWorkingDir: cwd,
      outdir: cwd,
      outExtension: { '.js': '.mjs' },
      alias: { 'liveswap/adapters': adaptersModule },
      write: false,
      bundle: true,
      metafile: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      charset: 'utf8',
      logLevel: 'silent',
    });
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const owner = { name: `adapter ${files.join(', ')}`, folder: cwd };
    throw buildFailed(error.errors.map((message) => findingOf(message, owner)));
  }
}

async function adapterIn(file: string, code: Uint8Array): Promise<Adapter> {
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  const exports = (await import(url).catch((cause: unknown) => {
    throw unusable(file, `it throws: ${messageOf(cause)}`, cause);
  })) as { readonly default?: Partial<Adapter> };
  const adapter = exports.default;
  if (typeof adapter?.package === 'string' && typeof adapter.versions === 'string' && adapter.exports)
    return adapter as Adapter;
  throw unusable(
    file,
    'its default export is not an adapter: make it with `defineAdapter` of liveswap/adapters',
  );
}

function unusable(file: string, problem: string, cause?: unknown): LiveswapError {
  return new LiveswapError(
    'OPTION_INVALID',
    `Cannot use the adapter ${shownPath(resolve(file))}: ${problem}.`,
    {
      option: 'adapters',
      file: resolve(file),
      ...(cause !== undefined && { cause }),
    },
  );
}
