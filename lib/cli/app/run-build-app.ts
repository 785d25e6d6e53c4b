import { buildApp } from '../../compiler/app/build-app.js';
import { shownPath } from '../../compiler/diagnostics/shown-path.js';
import { counted } from '../../core/counted.js';
import { exitCodes } from '../exit-codes.js';
import { print } from '../output.js';
import { adaptedWords } from './adapted-words.js';
import { appOptions, type AppFlags } from './flags.js';
import { soleEntry } from './sole-entry.js';

/** The arguments and flags of `liveswap build --app`. */
export interface AppBuildRun {
  readonly sources: readonly string[];
  readonly outDir: string;
  /** Arguments after `--`. */
  readonly args: readonly string[];
  readonly flags: AppFlags;
}

/** Makes the artifact of an app and prints what is in it. Returns the exit code. */
export async function runBuildApp({ sources, outDir, args, flags }: AppBuildRun): Promise<number> {
  const entry = soleEntry(sources, 'liveswap build --app <entry> <out-folder>');
  const { name, files, exclusive, adapters, noAdapters, stores } = appOptions(flags);
  const { file, hash, inputs, remarks, adapted } = await buildApp({
    entry,
    outDir,
    args,
    ...(name !== undefined && { name }),
    ...(files && { files }),
    ...(exclusive && { exclusive }),
    ...(adapters && { adapters }),
    ...(noAdapters && { noAdapters }),
    ...(stores && { stores }),
  });
  print(`${shownPath(file)} ${hash.slice(0, 8)}, ${counted(inputs.size, 'file')}`);
  const { known, unknown } = adaptedWords(adapted);
  for (const remark of [known && `adapters: ${known}`, unknown, ...remarks]) if (remark) print(remark);
  return exitCodes.ok;
}
