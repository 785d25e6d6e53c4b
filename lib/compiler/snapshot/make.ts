import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { packageFile } from '../../core/package-files.js';
import { pluginTypes } from '../plugin-module.js';
import { RemoteBuildSession } from '../remote/remote-session.js';
import { beginWith, snapshotsByUse } from './snapshot-file.js';
import { readTried } from './tried-snapshot.js';

// Runs in a process of its own, while nobody waits for it: makes the snapshot that its first argument names.

/** Snapshots with which no process has begun for 30 days are removed, and all but the three that were used last: the folder may be in memory. */
const OLD_MS = 30 * 24 * 3_600_000;
const MOST = 3;
/** Most bytes of declarations in a snapshot, which become ten times as many in memory. */
const MOST_BYTES = 16_000_000;

const SAMPLE = `
  import { definePlugin } from 'liveswap/plugin';
  export async function live_add(one: number, other: number): Promise<number> { return one + other; }
  export default definePlugin({});`;

const run = promisify(execFile);
const [, , file = ''] = process.argv;

setPriority(constants.priority.PRIORITY_LOW);
await removeOld();
const folder = await mkdtemp(`${file}-`);
try {
  const image = join(folder, 'image.cjs');
  const made = join(folder, 'compiler.blob');
  await esbuild.build({
    entryPoints: [packageFile('#compiler-image')],
    outfile: image,
    bundle: true,
    minifyWhitespace: true,
    platform: 'node',
    logLevel: 'silent',
  });
  const list = join(folder, 'libraries.json');
  await writeFile(list, JSON.stringify(await libraries()));
  const { execArgv, env } = beginWith(made);
  const options = { cwd: folder, env };
  await run(process.execPath, [...execArgv, '--build-snapshot', image, pluginTypes, list], options);
  await build(made, folder);
  await rename(made, file);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * Builds a plugin in a process that begins with a snapshot, which removes one that does not work. When it ends, Node keeps what it has
 * compiled; those of later commands are ended before they could.
 */
async function build(snapshot: string, folder: string): Promise<void> {
  const plugin = join(folder, 'plugins', 'sample');
  await mkdir(plugin, { recursive: true });
  await writeFile(join(plugin, 'index.ts'), SAMPLE);
  const session = new RemoteBuildSession({ sources: [plugin], outDir: join(folder, 'out') });
  session.begin({ snapshot });
  await session.build();
  await session.close();
}

/** Resolves to the paths of the declarations that the snapshot is to be made of, as many as are worth it. */
async function libraries(): Promise<string[]> {
  const { libraries: wanted } = await readTried(file);
  let left = MOST_BYTES;
  const fitting = [...wanted].filter(([, mark]) => {
    left -= Number.parseInt(mark, 10) || 0;
    return left > 0;
  });
  return fitting.map(([path]) => path);
}

/** Removes the snapshots of other compilers and other folders, and what a process left that was ended while it made one. */
async function removeOld(): Promise<void> {
  const cache = dirname(file);
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > OLD_MS) await rm(path, { recursive: true, force: true });
  }
  for (const path of (await snapshotsByUse()).slice(MOST - 1)) await rm(path, { force: true });
}
