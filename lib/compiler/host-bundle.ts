import { dirname, join, resolve } from 'node:path';
import { build, formatMessages, type BuildFailure } from 'esbuild';
import { LiveswapError, messageOf } from '../core/errors.js';

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
    const { outputFiles, metafile } = await build({
      entryPoints: [file],
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
