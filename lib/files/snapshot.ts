import type { BigIntStats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CLOCK_STEP_MS, fileMark } from '../core/file-mark.js';
import { foldersAbove, isWithin } from '../core/paths.js';
import type { WatchScope } from './watch-scope.js';

/** The files and folders of a scope as they were at one moment, by path. */
export interface Snapshot {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  /** True when a symbolic link leads nowhere. */
  readonly hasDeadLink: boolean;
}

interface Entry {
  readonly kind: 'file' | 'folder';
  /** Text that differs once the file was written or the folder was made anew. */
  readonly mark: string;
  readonly isEmpty: boolean;
  readonly changedAt: number;
}

/** The differences between two snapshots. */
export interface Difference {
  /** Files that were changed, added or deleted. */
  readonly files: ReadonlySet<string>;
  /** Folders that were added, or made anew. */
  readonly folders: ReadonlySet<string>;
  /** True when a file or folder is gone or has become empty: perhaps the first half of a save. */
  readonly isHalf: boolean;
}

/**
 * Takes a snapshot of everything in a scope.
 *
 * @param look reads the facts about a path.
 */
export async function takeSnapshot(scope: WatchScope, look = lookAt): Promise<Snapshot> {
  const takenAt = Date.now();
  const entries = new Map<string, Entry>();
  const isBehindDeadLink = deadLinkFinder();
  let hasDeadLink = false;
  const visit = async (path: string, above: readonly (bigint | string)[]): Promise<void> => {
    const stats = await look(path).catch(() => undefined);
    if (!stats) {
      if (await isBehindDeadLink(path)) hasDeadLink = true;
      return;
    }
    entries.set(path, entryOf(stats));
    if (!stats.isDirectory()) return;
    // A symbolic link may lead back to a folder above it. Some file systems number no files.
    const identity = stats.ino || (await realpath(path).catch(() => path));
    if (above.includes(identity)) return;
    const names = await readdir(path).catch(() => []);
    const inside = names.map((name) => join(path, name)).filter((child) => scope.includes(child));
    await Promise.all(inside.map((child) => visit(child, [...above, identity])));
  };
  await Promise.all(Array.from(scope.targets, (target) => visit(target, [])));
  await Promise.all(Array.from(foldersOnTheWay(scope), (folder) => noteFolder(folder, entries)));
  return { entries, takenAt, hasDeadLink };
}

/** Returns the differences between two snapshots. */
export function compareSnapshots(before: Snapshot, after: Snapshot): Difference {
  const files = new Set<string>();
  const folders = new Set<string>();
  let isHalf = false;
  for (const [path, entry] of after.entries) {
    const earlier = before.entries.get(path);
    if (earlier?.mark === entry.mark && !mayHide(entry, before)) continue;
    (entry.kind === 'file' ? files : folders).add(path);
    if (entry.isEmpty && earlier && !earlier.isEmpty) isHalf = true;
  }
  for (const [path, { kind }] of before.entries) {
    if (after.entries.has(path)) continue;
    if (kind === 'file') files.add(path);
    isHalf = true;
  }
  return { files, folders, isHalf };
}

/** Resolves to `snapshot` with the entries of `more` added. */
export async function extendSnapshot(snapshot: Snapshot, more: WatchScope): Promise<Snapshot> {
  const { entries } = await takeSnapshot(more);
  return { ...snapshot, entries: new Map([...entries, ...snapshot.entries]) };
}

/** Returns `snapshot` as of `moment`, in milliseconds since the epoch, without files that were written later. */
export function snapshotBefore(moment: number, snapshot: Snapshot): Snapshot {
  const entries = [...snapshot.entries].filter(
    ([, { kind, changedAt }]) => kind === 'folder' || changedAt <= moment,
  );
  return { ...snapshot, entries: new Map(entries) };
}

/** Returns true when a file may have been written after the snapshot and still have the same time. */
function mayHide({ kind, changedAt }: Entry, { takenAt }: Snapshot): boolean {
  return kind === 'file' && Math.abs(changedAt - takenAt) <= CLOCK_STEP_MS;
}

function entryOf(stats: BigIntStats): Entry {
  const { ino, size, ctimeNs, birthtimeNs } = stats;
  const isFolder = stats.isDirectory();
  return {
    kind: isFolder ? 'folder' : 'file',
    // Inode numbers of deleted folders are soon reused, so include the birth time.
    mark: isFolder ? [ino, birthtimeNs].join() : fileMark(stats),
    isEmpty: !isFolder && size === 0n,
    changedAt: Number(ctimeNs / 1_000_000n),
  };
}

function lookAt(path: string): Promise<BigIntStats> {
  return stat(path, { bigint: true });
}

/** Returns a function that resolves to true when the nearest thing to a missing path, going up, is a link that leads nowhere. */
function deadLinkFinder(): (path: string) => Promise<boolean> {
  const found = new Map<string, Promise<boolean>>();
  const look = async (path: string): Promise<boolean> => {
    const stats = await lstat(path).catch(() => undefined);
    if (stats) return stats.isSymbolicLink() && !(await lookAt(path).catch(() => undefined));
    const parent = dirname(path);
    return parent !== path && find(parent);
  };
  const find = (path: string): Promise<boolean> => {
    const known = found.get(path) ?? look(path);
    found.set(path, known);
    return known;
  };
  return find;
}

async function noteFolder(folder: string, entries: Map<string, Entry>): Promise<void> {
  const stats = await lookAt(folder).catch(() => undefined);
  if (stats) entries.set(folder, entryOf(stats));
}

/** Returns the folders on the way to the targets. */
function foldersOnTheWay(scope: WatchScope): Set<string> {
  const folders = new Set<string>();
  for (const [target, start] of scope.starts()) {
    for (const folder of foldersAbove(target)) {
      if (folders.has(folder) || !isWithin(folder, start)) break;
      folders.add(folder);
    }
  }
  return folders;
}
