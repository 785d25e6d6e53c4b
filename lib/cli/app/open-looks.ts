import { resolve } from 'node:path';
import { countOf } from '../../compiler/diagnostics/text.js';
import { shownPath } from '../../compiler/diagnostics/shown-path.js';
import { counted } from '../../core/counted.js';
import { isLiveswapError, messageOf } from '../../core/errors.js';
import { tell, tellOutcome } from '../tell.js';
import { print, printFindings } from '../output.js';
import { AppLooks } from './app-looks.js';
import { factLines, isToLookAt } from './fact-lines.js';
import { appOptions, type AppFlags } from './flags.js';

/** Flags of looks at the types and rules of an app. */
export interface LookFlags {
  readonly typecheck?: boolean;
  /** True when a swap waits for the look, and is refused with its findings. */
  readonly check?: boolean;
}

/** The app that is looked at. */
export interface LookedAt {
  readonly entry: string;
  /** Arguments after `--`. */
  readonly args: readonly string[];
  readonly flags: AppFlags & LookFlags;
}

/**
 * Opens the looks at an app that is served in `dev`, and prints their findings.
 *
 * @param onRead receives the files that types were read from.
 */
export function openLooks(
  { entry, args, flags }: LookedAt,
  onRead: (inputs: ReadonlySet<string>) => void,
): AppLooks {
  const { files, adapters = [], noAdapters, stores } = appOptions(flags);
  let hasFindings = false;
  const options = {
    // The app may change the working folder.
    entry: resolve(entry),
    folder: process.cwd(),
    args,
    adapters: adapters.map((file) => resolve(file)),
    typecheck: flags.typecheck ?? true,
    ...(files && { files }),
    ...(noAdapters && { noAdapters }),
    ...(stores && { stores }),
  };
  return new AppLooks(options, {
    onRead,
    onLook: ({ findings, facts, files }, fresh) => {
      if (findings.length > 0) {
        print('');
        printFindings(findings);
        tellOutcome(`${countOf(findings)}, running all the same`, 'yellow');
      }
      for (const fact of fresh ?? []) print(...factLines(fact));
      const bad = facts.filter(isToLookAt).length;
      if (fresh === undefined && bad > 0)
        tell(
          'checked',
          `${bad} to look at in ${counted(files, 'file')}: liveswap check --app ${shownPath(entry)}`,
        );
      if (hasFindings && findings.length === 0) tell('checked', 'no findings any more');
      hasFindings = findings.length > 0;
    },
    onError: (error) => {
      // What cannot be built is refused as a version, too, which is told.
      if (isLiveswapError(error, 'BUILD_FAILED')) return;
      tellOutcome(`types and rules could not be looked at: ${messageOf(error)}`, 'yellow');
    },
  });
}
