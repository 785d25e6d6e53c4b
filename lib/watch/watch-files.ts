import { basename } from 'node:path';
import { watch } from 'chokidar';

/** Files and folders being watched. */
export interface FileWatch {
  /** Watches more, or what is new among these. */
  add(paths: Iterable<string>): void;
  close(): Promise<void>;
}

/** Editors save in several steps, and tools write several files: what comes within this time is one change. */
const GATHER_MS = 30;

/**
 * Watches files and folders, given as absolute paths, saves by rename included. `onChange` is given the paths that were changed, added or deleted since
 * it was last called; it is called again only when the call before has settled. Dot-files and `node_modules` inside of the folders do not count.
 *
 * @param onError told of what `onChange` throws, and of watching itself failing.
 */
export async function watchFiles(
  paths: Iterable<string>,
  onChange: (changed: ReadonlySet<string>) => Promise<void>,
  onError: (error: unknown) => void,
): Promise<FileWatch> {
  const asked = new Set(paths);
  let gathered = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const closing = new AbortController();
  const run = async (): Promise<void> => {
    while (gathered.size > 0 && !closing.signal.aborted) {
      const changed = gathered;
      gathered = new Set();
      await onChange(changed).catch(onError);
    }
    running = undefined;
  };
  const watcher = watch([...asked], {
    ignoreInitial: true,
    ignored: (path) => !asked.has(path) && /^(node_modules$|\..)/.test(basename(path)),
  });
  watcher.on('all', (event, path) => {
    if (event === 'addDir') return;
    gathered.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => (running ??= run()), GATHER_MS);
  });
  watcher.on('error', onError);
  await new Promise<void>((ready) => watcher.once('ready', () => ready()));
  return {
    add(more) {
      const fresh = [...more].filter((path) => !asked.has(path));
      for (const path of fresh) asked.add(path);
      watcher.add(fresh);
    },
    async close() {
      closing.abort();
      clearTimeout(timer);
      await watcher.close();
      await running;
    },
  };
}
