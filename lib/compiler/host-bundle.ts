import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build, formatMessages, type BuildFailure } from 'esbuild';
import { LiveswapError, messageOf } from '../core/errors.js';
import { foldersAbove } from '../core/paths.js';
import { entryPoint } from './entry-point.js';

/** The bundled module of a host, as JavaScript. */
export interface HostBundle {
  readonly code: string;
  /** Absolute paths of the files it was made of. */
  readonly files: readonly string[];
}

/**
 * Bundles a host and its own files into one module; packages stay imports.
 *
 * @throws LiveswapError `BUILD_FAILED`
 */
export async function bundleHost(file: string): Promise<HostBundle> {
  try {
    const tsconfig = await referencedTsconfig(file);
    const { outputFiles, metafile } = await build({
      entryPoints: [entryPoint(file, dirname(file))],
      ...(tsconfig !== undefined && { tsconfig }),
      // The output belongs in this folder, so that stacks name its files correctly.
      absWorkingDir: dirname(file),
      outfile: join(dirname(file), 'host.mjs'),
      write: false,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
      keepNames: true,
      charset: 'utf8',
      sourcemap: 'inline',
      metafile: true,
      logLevel: 'silent',
    });
    const files = Object.keys(metafile.inputs).map((input) => resolve(dirname(file), input));
    return { code: outputFiles[0]?.text ?? '', files };
  } catch (cause) {
    const { errors = [] } = cause as Partial<BuildFailure>;
    const messages = errors.length > 0 ? await formatMessages(errors, { kind: 'error' }) : [messageOf(cause)];
    throw new LiveswapError('BUILD_FAILED', `Cannot bundle the host ${file}:\n${messages.join('')}`, {
      file,
      cause,
    });
  }
}

/**
 * Resolves to the tsconfig.json of a host, if the nearest one only refers to it: esbuild does not find that. The compiler, which
 * the process of a host does without, is loaded only to look into references.
 */
async function referencedTsconfig(file: string): Promise<string | undefined> {
  for (const folder of foldersAbove(file)) {
    const nearest = join(folder, 'tsconfig.json');
    const text = await readFile(nearest, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    if (!text.includes('"references"')) return undefined;
    const { tsconfigFor } = await import('./tsconfig-for.js');
    const found = tsconfigFor({ files: [file] }, nearest);
    return found === nearest ? undefined : found;
  }
  return undefined;
}
