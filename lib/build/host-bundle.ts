import { build, formatMessages, type BuildFailure } from 'esbuild';
import { LiveswapError, messageOf } from '../core/errors.js';

/**
 * The module of a host with its own files in it, as JavaScript; packages stay imports.
 *
 * @throws LiveswapError `BUILD_FAILED`
 */
export async function bundleHost(file: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      write: false,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
      keepNames: true,
      charset: 'utf8',
      sourcemap: 'inline',
      logLevel: 'silent',
    });
    return outputFiles[0]?.text ?? '';
  } catch (cause) {
    const { errors = [] } = cause as Partial<BuildFailure>;
    const messages = errors.length > 0 ? await formatMessages(errors, { kind: 'error' }) : [messageOf(cause)];
    throw new LiveswapError('BUILD_FAILED', `Cannot bundle the host ${file}:\n${messages.join('')}`, {
      file,
      cause,
    });
  }
}
