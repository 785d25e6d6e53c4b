import { readFile } from 'node:fs/promises';
import { LiveswapError, messageOf } from '../core/errors.js';

/** Incremented when the meaning of the file changes. */
export const HOST_CONTRACT_FORMAT = 1;

/** Names that a host uses, as written by `liveswap contract`. */
export interface HostContract {
  readonly format: typeof HOST_CONTRACT_FORMAT;
  /** Name of the host in messages. */
  readonly name: string;
  readonly uses: readonly HostUse[];
  /** Uses whose name is known only when the host runs. */
  readonly unknown: readonly { readonly file: string; readonly line: number }[];
}

export interface HostUse {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** @throws LiveswapError `OPTION_INVALID` when the file cannot be read, or was not written by `liveswap contract` */
export async function readHostContract(file: string): Promise<HostContract> {
  let found: Partial<HostContract>;
  try {
    found = JSON.parse(await readFile(file, 'utf8')) as Partial<HostContract>;
  } catch (cause) {
    throw invalid(file, messageOf(cause), cause);
  }
  const isSound =
    found?.format === HOST_CONTRACT_FORMAT &&
    Array.isArray(found.uses) &&
    found.uses.every((use) => typeof use?.name === 'string');
  if (!isSound) throw invalid(file, 'it is not what `liveswap contract` of this version writes');
  return found as HostContract;
}

function invalid(file: string, why: string, cause?: unknown): LiveswapError {
  return new LiveswapError(
    'OPTION_INVALID',
    `Cannot use ${file} as the contract of the host: ${why}; write it again with \`liveswap contract\`.`,
    { option: 'contract', file, cause },
  );
}
