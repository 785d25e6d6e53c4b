import { randomUUID } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleHost } from '../../compiler/host-bundle.js';
import { removeDespiteReaders } from '../../core/despite-readers.js';
import { LiveswapError, messageOf } from '../../core/errors.js';
import type { SwapperOptions } from '../../swap/options.js';
import type { Swapper } from '../../swap/swapper.js';

/** Starts serving with a swapper whose plugins are loaded; may return a function that stops serving. */
export type Serve = (swapper: Swapper) => unknown;

/** Exports of the module given to `--host`. */
interface HostModule {
  readonly default: Serve;
  /** Options of the swapper that is passed to the host. */
  readonly options?: SwapperOptions;
}

/** A host that is ready to serve. */
export interface Host {
  readonly serve: Serve;
  readonly options: SwapperOptions | undefined;
  /** Absolute paths of the files that the host's code came from. */
  readonly files: readonly string[];
}

/**
 * Imports the host from its TypeScript.
 *
 * @param args the host's own arguments in `process.argv`. Default: those of this process.
 * @throws LiveswapError `OPTION_INVALID`, `BUILD_FAILED`
 */
export async function importHost(
  path: string,
  args: readonly string[] = process.argv.slice(2),
): Promise<Host> {
  const file = resolve(path);
  process.argv = [process.execPath, file, ...args];
  await access(file).catch((cause: unknown) => {
    throw new LiveswapError('OPTION_INVALID', `Cannot read the host ${file}: ${messageOf(cause)}.`, {
      option: 'host',
      cause,
    });
  });
  process.setSourceMapsEnabled(true);
  // Write the bundle beside the original, so that packages and relative paths resolve as they will in production.
  const bundle = join(dirname(file), `.${basename(file)}.${randomUUID().slice(0, 8)}.mjs`);
  try {
    const { code, files } = await bundleHost(file);
    await writeFile(bundle, code);
    const host = (await import(pathToFileURL(bundle).href)) as Partial<HostModule>;
    if (typeof host.default === 'function') return { serve: host.default, options: host.options, files };
  } finally {
    await removeDespiteReaders(bundle);
  }
  throw new LiveswapError(
    'OPTION_INVALID',
    `Cannot run the host ${file}: its default export is not a function; export default (swapper) => …, which is given a swapper with the plugins loaded.`,
    { option: 'host', file },
  );
}
