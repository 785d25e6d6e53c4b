import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLiveswapError, LiveswapError } from '../../core/errors.js';

interface ReadFile {
  readonly bytes: Buffer;
  readonly changedAt: number;
}

/** The bytes of many files as they were at one moment. */
export class FileSnapshot {
  readonly #files: ReadonlyMap<string, ReadFile>;

  private constructor(files: ReadonlyMap<string, ReadFile>) {
    this.#files = files;
  }

  /** Reads files. @throws LiveswapError `BUILD_FAILED` when one is changed or deleted meanwhile, for example by a deploy */
  static async take(paths: readonly string[]): Promise<FileSnapshot> {
    const files = new Map(await inTurns(paths, async (path) => [path, await read(path)] as const));
    await inTurns(paths, async (path) => {
      const { mtimeMs } = await stat(path).catch((cause: unknown) => {
        throw unsettled(path, 'was deleted', cause);
      });
      if (mtimeMs !== files.get(path)?.changedAt) throw unsettled(path, 'was changed');
    });
    return new FileSnapshot(files);
  }

  bytes(path: string): Buffer {
    return this.#files.get(path)?.bytes ?? Buffer.alloc(0);
  }

  /** Returns the time of the last change of a file, in milliseconds. */
  changedAt(path: string): number {
    return this.#files.get(path)?.changedAt ?? 0;
  }
}

/** Number of files that are open at a time. */
const AT_ONCE = 64;

async function inTurns<Item, Result>(
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE)
    results.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(run))));
  return results;
}

async function read(path: string): Promise<ReadFile> {
  try {
    const { mtimeMs } = await stat(path);
    return { bytes: await readFile(path), changedAt: mtimeMs };
  } catch (cause) {
    throw unsettled(path, 'cannot be read', cause);
  }
}

/** Number of times that files are read again when they change meanwhile, and the pause between two tries in milliseconds. */
const ATTEMPTS = 3;
const PAUSE_MS = 100;

/** The same for files that a person edits, who may save them many times in a row and means the last: a few seconds. */
const ATTEMPTS_OF_EDITS = 50;

/** Reads files, again when they change meanwhile: a deploy or a save may be under way. */
export async function readSettled<Result>(
  isEdited: boolean,
  readAll: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readAll();
    } catch (error) {
      const isUnsettled = isLiveswapError(error, 'BUILD_FAILED') && 'isUnsettled' in error;
      if (!isUnsettled || attempt === (isEdited ? ATTEMPTS_OF_EDITS : ATTEMPTS)) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/**
 * Creates the error for a file that changed while it was read. A second read may succeed, which `isUnsettled` in the error tells.
 */
export function unsettled(path: string, what: string, cause?: unknown): LiveswapError {
  return new LiveswapError(
    'BUILD_FAILED',
    `${path} ${what} while the app's files were read: reload when the deploy is done, so that all of them are of one release.`,
    { file: path, isUnsettled: true, ...(cause !== undefined && { cause }) },
  );
}
