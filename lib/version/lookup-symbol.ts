import type { Version } from './version.js';
import { noThreadError, retiredError } from './version-errors.js';

/**
 * Resolves to the value of an exported symbol of the root module of a version.
 *
 * @throws `SYMBOL_UNKNOWN`, `NOT_CLONEABLE`, and the reason why no thread serves
 */
export async function lookupSymbol(version: Version, symbol: string): Promise<unknown> {
  const { state, threads, group } = version;
  const thread = threads.find((one) => group.serves(one));
  if (thread) return thread.ask('lookup', [symbol]);
  if (state.kind === 'failed') throw state.error;
  throw state.kind === 'retired' ? retiredError(version) : noThreadError(version);
}
