import { packagedEntry } from '../../compiler/app/packaged-entry.js';
import { shownPath } from '../../compiler/diagnostics/shown-path.js';
import { LiveswapError } from '../../core/errors.js';
import { isEntry } from './flags.js';

/**
 * Refuses a folder without plugins that is the package of a server: a server as it is, is named by its file.
 * @throws LiveswapError `OPTION_INVALID`
 */
export async function refuseServerFolder(folder: string, command: string): Promise<void> {
  const entry = await packagedEntry(folder);
  if (entry === undefined) return;
  throw new LiveswapError(
    'OPTION_INVALID',
    `There are no plugins in ${folder}; for the server in it, name the file that starts it: liveswap ${command} ${shownPath(entry)}.`,
    { option: 'source' },
  );
}

/**
 * Refuses files where plugin folders belong.
 * @throws LiveswapError `OPTION_INVALID`
 */
export function refuseFiles(sources: readonly string[]): void {
  const file = sources.find(isEntry);
  if (file === undefined) return;
  throw new LiveswapError(
    'OPTION_INVALID',
    `${file} is a file; name the folder of a plugin, or add --app if the file starts a server.`,
    { option: 'source' },
  );
}
