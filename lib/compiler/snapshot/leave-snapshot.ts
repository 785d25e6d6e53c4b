import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { packageFile } from '../../core/package-files.js';
import type { Reads } from '../record/reads.js';
import { isLibrary } from '../library-file.js';
import { libraryMarks, readTried, triedFile } from './tried-snapshot.js';
import { placeForSnapshot } from './snapshot-file.js';

/** What has failed is tried again after a day: another process may have ended it, or the disk was full. */
const AGAIN_MS = 24 * 3_600_000;

/**
 * Begins to make a snapshot of the compiler and of the declarations that a build has read, in a process that outlives this one, if somebody
 * at a terminal will wait for another build here, and there is none yet, or it lacks some of them. Never rejects.
 *
 * @param reads resolves to what the build has read, if that is known.
 */
export async function leaveSnapshot(
  reads: () => Reads | undefined | Promise<Reads | undefined>,
  { stdout, stderr, env } = process,
): Promise<void> {
  if (env['CI'] || !(stdout.isTTY || stderr.isTTY)) return;
  try {
    const file = await placeForSnapshot();
    if (file === undefined) return;
    const { files = [] } = (await reads()) ?? {};
    const libraries = await libraryMarks([...files].filter(isLibrary));
    const tried = await readTried(file);
    const areKnown = [...libraries].every(([path, mark]) => tried.libraries.get(path) === mark);
    if (areKnown && (existsSync(file) || Date.now() - tried.atMs < AGAIN_MS)) return;
    await rm(triedFile(file), { force: true });
    // This fails when another process has just begun to make it. Two commands in one folder that read other declarations share it.
    const wanted = [...new Map([...tried.libraries, ...libraries])];
    await writeFile(triedFile(file), JSON.stringify(wanted), { flag: 'wx' });
    const maker = spawn(process.execPath, [packageFile('#snapshot-maker'), file], {
      detached: true,
      stdio: 'ignore',
      windowsHide: true,
    });
    maker.on('error', () => {});
    maker.unref();
  } catch {
    // A snapshot only saves time.
  }
}
