import { resolve } from 'node:path';
import { build } from 'esbuild';
import type { Adapter } from '../../adapters/adapter.js';
import type { CarriedFile } from '../../manifest/files-block.js';
import { adaptersModule } from '../plugin-module.js';

/** The folder of an artifact that adapters are in. */
const FOLDER = 'adapters/';

/** Adapters that an app brings along: modules whose default export `defineAdapter` made, each bundled into one file. */
export interface OwnAdapters {
  readonly carried: readonly CarriedFile[];
  /** Paths of the adapters in the artifact. */
  readonly paths: readonly string[];
  /** Absolute paths of what they are made of. */
  readonly inputs: readonly string[];
}

/** The adapters themselves. @throws the failure of esbuild, and what their modules throw */
export async function loadAdapters(files: readonly string[]): Promise<Adapter[]> {
  const { carried } = await bundleAdapters(files);
  return Promise.all(
    carried.map(async ({ bytes }) => {
      const url = `data:text/javascript;base64,${Buffer.from(bytes).toString('base64')}`;
      return ((await import(url)) as { readonly default: Adapter }).default;
    }),
  );
}

/** @throws the failure of esbuild, whose `errors` have places */
export async function bundleAdapters(files: readonly string[]): Promise<OwnAdapters> {
  if (files.length === 0) return { carried: [], paths: [], inputs: [] };
  const cwd = process.cwd();
  const { outputFiles, metafile } = await build({
    entryPoints: files.map((file, index) => ({ in: resolve(file), out: String(index) })),
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
  const paths = files.map((_file, index) => `${FOLDER}${index}.mjs`);
  return {
    carried: outputFiles.map(({ contents }, index) => ({ path: paths[index] as string, bytes: contents })),
    paths,
    inputs: Object.keys(metafile.inputs).map((path) => resolve(cwd, path)),
  };
}
