import { messageOf } from '../../core/errors.js';
import { watchFiles, type FileWatch } from '../../files/watch-files.js';
import { fileNames } from './narrate.js';
import { tell } from '../tell.js';

/** Prints a notice when files of the host are saved: the running host keeps the code that it was started with. */
export function watchHost(files: readonly string[]): Promise<FileWatch> {
  return watchFiles(
    files,
    async (changed) =>
      tell(
        'host',
        `${fileNames([...changed])} changed: the host is not reloaded; press r, or restart dev, to run it`,
      ),
    (error) => tell('failed', `Watching the files of the host failed: ${messageOf(error)}`),
  );
}
