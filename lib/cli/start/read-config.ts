import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNames } from '../../core/check-options.js';
import { LiveswapError, messageOf } from '../../core/errors.js';
import type { ServeOptions } from '../../http/options.js';
import type { SwapperOptions } from '../../swap/options.js';

/** Default export of a module given to `--config`: options of the swapper and of the HTTP server. */
export interface StartConfig {
  readonly swapper?: SwapperOptions;
  readonly http?: ServeOptions;
}

/**
 * Reads the module given to `--config`; returns no options without one.
 *
 * @throws LiveswapError `OPTION_INVALID`
 */
export async function readConfig(path: string | undefined): Promise<StartConfig> {
  if (path === undefined) return {};
  const file = resolve(path);
  const module = await (import(pathToFileURL(file).href) as Promise<{ default?: unknown }>).catch(
    (cause: unknown) => {
      throw invalid(`Cannot read the config ${file}: ${messageOf(cause)}`, cause);
    },
  );
  const config = module.default;
  if (typeof config !== 'object' || config === null)
    throw invalid(`Cannot use the config ${file}: export default { swapper, http }.`);
  checkNames(config, ['swapper', 'http']);
  return config;
}

function invalid(message: string, cause?: unknown): LiveswapError {
  return new LiveswapError('OPTION_INVALID', message, { option: 'config', cause });
}
