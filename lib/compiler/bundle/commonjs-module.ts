import { dirname } from 'node:path';
import type { OnLoadResult, PluginBuild } from 'esbuild';
import { isBuildFailure } from '../diagnostics/esbuild-messages.js';

/** Matches TypeScript that Node runs as CommonJS, whatever its syntax. */
export const commonJsTypeScript = /\.cts$/;

/**
 * Compiles a module to CommonJS: where it has `export`, esbuild takes it for an ES module, of which the default import is another
 * value.
 */
export async function commonJsModule(
  text: string,
  file: string,
  { esbuild, initialOptions }: PluginBuild,
): Promise<OnLoadResult> {
  const { absWorkingDir, tsconfig, target } = initialOptions;
  try {
    const { outputFiles } = await esbuild.build({
      ...(absWorkingDir !== undefined && { absWorkingDir }),
      ...(tsconfig !== undefined && { tsconfig }),
      ...(target !== undefined && { target }),
      entryPoints: [file],
      outdir: dirname(file),
      write: false,
      format: 'cjs',
      platform: 'node',
      charset: 'utf8',
      sourcemap: 'inline',
      logLevel: 'silent',
      plugins: [
        {
          name: 'liveswap-commonjs-module',
          setup: (inner) => inner.onLoad({ filter: /./ }, () => ({ contents: text, loader: 'ts' })),
        },
      ],
    });
    return { contents: outputFiles[0]?.text ?? '', loader: 'js' };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return { errors: error.errors };
  }
}
