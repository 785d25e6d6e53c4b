import { randomUUID } from 'node:crypto';
import { access, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleHost } from '../../compiler/host-bundle.js';
import { LiveswapError, messageOf } from '../../core/errors.js';
import type { SwapperOptions } from '../../swap/options.js';
import type { Swapper } from '../../swap/swapper.js';

/** Serves with a swapper whose plugins are loaded; may return what ends serving. */
export type Serve = (swapper: Swapper) => unknown;

/** What the module given to `--host` exports. */
interface HostModule {
  readonly default: Serve;
  /** Options of the swapper that it is given. */
  readonly options?: SwapperOptions;
}

/** A host that is ready to serve. */
export interface Host {
  readonly serve: Serve;
  readonly options: SwapperOptions | undefined;
  /** Absolute paths of the files that its code came from. */
  readonly files: readonly string[];
}

/**
 * Imports the host from its TypeScript.
 *
 * @param args what it finds in `process.argv` after its own name; as they are when not given.
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
  // Beside the original, so that packages and paths relative to the module are found as they will be later.
  const bundle = join(dirname(file), `.${basename(file)}.${randomUUID().slice(0, 8)}.mjs`);
  try {
    const { code, files } = await bundleHost(file);
    await writeFile(bundle, code);
    const host = (await import(pathToFileURL(bundle).href)) as Partial<HostModule>;
    if (typeof host.default === 'function') return { serve: host.default, options: host.options, files };
  } finally {
    await rm(bundle, { force: true });
  }
  throw new LiveswapError(
    'OPTION_INVALID',
    `Cannot run the host ${file}: its default export is no function; export default (swapper) => …, which is given a swapper with the plugins loaded.`,
    { option: 'host', file },
  );
}
