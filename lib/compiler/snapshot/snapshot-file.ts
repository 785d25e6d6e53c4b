import { existsSync, rmSync } from 'node:fs';
import { lstat, readdir, stat, utimes } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { userCachePath } from '../../core/cache-folder.js';
import { makeOwnFolder, refuseOthers } from '../../core/own-folder.js';
import { packageFile } from '../../core/package-files.js';
import { hashOf } from '../../manifest/hash.js';
import { buildEnvironment } from '../remote/build-environment.js';

const ENDING = '.blob';

/** The folders in which snapshots are, from the outside in: what can be written there, is run. */
function folders(): readonly [string, string] {
  const cache = userCachePath();
  return [cache, join(cache, 'compilers')];
}

/**
 * Resolves to the path of a snapshot of the compiler that this Node made with these options: that of the working folder, or else the one
 * that was used last. `undefined` when there is none, others could have written it, or NODE_DISABLE_COMPILE_CACHE says that nothing is to
 * be kept.
 */
export async function madeSnapshot(): Promise<string | undefined> {
  if (isDisabled()) return undefined;
  try {
    for (const folder of folders()) refuseOthers(await lstat(folder), 'write to');
    const own = await snapshotPath();
    const file = existsSync(own) ? own : (await madeElsewhere(own))[0];
    // Those that nobody uses are removed in the end.
    if (file !== undefined) await utimes(file, new Date(), new Date());
    return file;
  } catch {
    // A snapshot only saves time.
    return undefined;
  }
}

/** Resolves to the paths of the snapshots that were made of the same for any folder, from the one that was used last. */
async function madeElsewhere(own: string): Promise<string[]> {
  const compiler = `${basename(own).split('-', 1)[0]}-`;
  return (await snapshotsByUse()).filter((file) => basename(file).startsWith(compiler));
}

/** Resolves to the paths of all snapshots, from the one that was used last. */
export async function snapshotsByUse(): Promise<string[]> {
  const [, folder] = folders();
  const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING));
  const used = await Promise.all(
    names.map(async (name) => ({ file: join(folder, name), at: (await stat(join(folder, name))).mtimeMs })),
  );
  return used.sort((one, other) => other.at - one.at).map(({ file }) => file);
}

/** Resolves to the path for a snapshot, in a folder of this user alone; to `undefined` when none is to be made. @throws Error */
export async function placeForSnapshot(): Promise<string | undefined> {
  if (isDisabled()) return undefined;
  for (const folder of folders()) await makeOwnFolder(folder, 'write to');
  return snapshotPath();
}

/**
 * V8 accepts only a snapshot that was made with its own flags. It takes the heap of one, 75 MB, for one that has grown, and would collect
 * it within a first build, which took a tenth longer; where `--max-old-space-size` allows less, that counts. New hashes of all that is in
 * it protect from keys that strangers choose, and take another twentieth.
 */
const FLAGS = ['--initial-heap-size=256', '--no-rehash-snapshot'];

/** Returns how a Node begins with a snapshot, or makes it. */
export function beginWith(file: string): { readonly execArgv: string[]; readonly env: NodeJS.ProcessEnv } {
  const env = buildEnvironment();
  const { GLIBC_TUNABLES: others } = env;
  // Node has the file in memory twice while it reads it. Unless glibc asks Linux for more than 4 KB at a time, that takes as long as half
  // of the rest.
  const tunables = [...(others ? [others] : []), 'glibc.malloc.hugetlb=1'];
  return {
    execArgv: ['--snapshot-blob', file, ...FLAGS],
    env: { ...env, GLIBC_TUNABLES: tunables.join(':') },
  };
}

/** Removes a snapshot with which no process can begin. */
export function discardSnapshot(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The next process tries it again, and does without it.
  }
}

function isDisabled(): boolean {
  return Boolean(process.env['NODE_DISABLE_COMPILE_CACHE']);
}

/**
 * Resolves to the path of the snapshot for the working folder. It changes with whatever a snapshot is made of: a Node begins only with one
 * that it has made itself.
 */
async function snapshotPath(): Promise<string> {
  const ours = packageFile('#compiler-image');
  const tsMorph = createRequire(ours).resolve('ts-morph');
  const common = createRequire(tsMorph).resolve('@ts-morph/common');
  const files = [process.execPath, ours, tsMorph, common, join(dirname(common), 'typescript.js')];
  const marks = files.map(async (file) => {
    const { size, mtimeMs } = await stat(file);
    return [file, size, mtimeMs].join();
  });
  const { version, platform, arch } = process;
  const { NODE_OPTIONS = '' } = buildEnvironment();
  const compiler = [version, platform, arch, NODE_OPTIONS, ...(await Promise.all(marks))].join('\n');
  const parts = [compiler, process.cwd()].map((text) => hashOf(text).slice(0, 16));
  return join(folders()[1], `${parts.join('-')}${ENDING}`);
}
