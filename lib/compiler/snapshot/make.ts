import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { packageFile } from '../../core/package-files.js';
import { pluginTypes } from '../plugin-module.js';
import { beginWith } from './snapshot-file.js';

// Runs in a process of its own, while nobody waits for it: makes the snapshot that its first argument names.

/** Snapshots with which no process has begun for 30 days are removed. */
const OLD_MS = 30 * 24 * 3_600_000;

const run = promisify(execFile);
const [, , file = ''] = process.argv;

setPriority(constants.priority.PRIORITY_LOW);
await removeOld();
const folder = await mkdtemp(`${file}-`);
try {
  const image = join(folder, 'image.cjs');
  const made = join(folder, 'compiler.blob');
  await build({
    entryPoints: [packageFile('#compiler-image')],
    outfile: image,
    bundle: true,
    minifyWhitespace: true,
    platform: 'node',
    logLevel: 'silent',
  });
  const { execArgv, env } = beginWith(made);
  const options = { cwd: folder, env };
  await run(process.execPath, [...execArgv, '--build-snapshot', image, pluginTypes], options);
  // What cannot begin with it fails here.
  await run(process.execPath, [...execArgv, packageFile('#begin-with-compiler')], options);
  await rename(made, file);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Removes the snapshots of other compilers, and what a process left that was ended while it made one. */
async function removeOld(): Promise<void> {
  const cache = dirname(file);
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > OLD_MS) await rm(path, { recursive: true, force: true });
  }
}
