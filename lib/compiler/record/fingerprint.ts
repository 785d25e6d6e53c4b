import { createHash, type Hash } from 'node:crypto';
import { readFileSync, readlinkSync, realpathSync, type Dirent, type Stats } from 'node:fs';
import { join } from 'node:path';
import { CLOCK_STEP_MS } from '../../core/file-mark.js';
import { statsOf } from '../../core/stats-of.js';
import { entriesOf } from './folder-entries.js';
import type { Reads } from './reads.js';

/** The state of files and folders at one moment. */
export interface Fingerprint {
  /** Text that differs when a content, a name or the lack of a file does. */
  readonly text: string;
  /** Time since which nothing has changed, in milliseconds since the epoch: times of files may lag behind the clock. */
  readonly unchangedSince: number;
}

/**
 * Takes the fingerprint of what decides a result. It reads all contents, because times can lie. The folder `except` is left out of
 * trees.
 */
export function fingerprintOf({ files, folders, trees }: Reads, except?: string): Fingerprint {
  const state = new State();
  for (const file of [...files].sort()) state.addFile(file);
  for (const folder of [...folders].sort()) state.addNames(folder);
  for (const tree of [...trees].sort()) state.addTree(tree, except, []);
  return state.take();
}

class State {
  readonly #hash: Hash = createHash('sha256');
  #unchangedSince = 0;

  addFile(file: string): void {
    const stats = this.#look(file);
    if (!stats?.isFile()) return this.#add(file, stats ? 'no file' : 'missing');
    const bytes = readFileSync(file);
    this.#add(file, bytes.length);
    this.#hash.update(bytes);
  }

  addNames(folder: string): void {
    if (!this.#look(folder)) return this.#add(folder, 'missing');
    for (const entry of entriesOf(folder)) this.#add(folder, entry.name, kindOf(folder, entry));
  }

  addTree(folder: string, except: string | undefined, above: readonly string[]): void {
    if (folder === except || !this.#look(folder)) return;
    const path = realpathSync(folder);
    // A symbolic link may lead back to a folder above it.
    if (above.includes(path)) return;
    for (const entry of entriesOf(folder)) {
      const inside = join(folder, entry.name);
      if (source.test(entry.name)) {
        this.#look(inside);
        this.#add(inside);
      } else if (isSearched(entry)) {
        this.addTree(inside, except, [...above, path]);
      }
    }
  }

  take(): Fingerprint {
    return { text: this.#hash.digest('hex'), unchangedSince: this.#unchangedSince };
  }

  #add(...facts: (string | number)[]): void {
    this.#hash.update(`${facts.join('\0')}\0\0`);
  }

  #look(path: string): Stats | undefined {
    const stats = statsOf(path);
    if (stats) this.#unchangedSince = Math.max(this.#unchangedSince, stats.ctimeMs + stepOf(stats));
    return stats;
  }
}

/** Some file systems count whole seconds, or two of them. */
const COARSE_STEP_MS = 2_000;

/** Returns by how much the time of a change may lag behind the clock. */
function stepOf({ ctimeMs }: Stats): number {
  return Number.isInteger(ctimeMs / 1_000) ? COARSE_STEP_MS : CLOCK_STEP_MS;
}

const source = /\.[cm]?[jt]sx?$/;

/** Returns whether the compiler looks for sources in a folder, or in what may be a link to one. */
function isSearched(entry: Dirent): boolean {
  const mayBeFolder = entry.isDirectory() || entry.isSymbolicLink();
  return mayBeFolder && entry.name !== 'node_modules' && !entry.name.startsWith('.');
}

/** Returns what tells whether a name still stands for the same: where a link leads, or whether it is a folder. */
function kindOf(folder: string, entry: Dirent): string {
  if (entry.isSymbolicLink()) return readlinkSync(join(folder, entry.name));
  return entry.isDirectory() ? 'folder' : 'file';
}
