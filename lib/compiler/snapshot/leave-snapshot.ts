import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { packageFile } from '../../core/package-files.js';
import { placeForSnapshot } from './snapshot-file.js';

/**
 * Begins to make a snapshot of the compiler, in a process that outlives this one, if somebody at a terminal will wait for another build,
 * there is none yet, and none was tried. Never rejects.
 */
export async function leaveSnapshot({ stdout, stderr, env } = process): Promise<void> {
  if (env['CI'] || !(stdout.isTTY || stderr.isTTY)) return;
  try {
    const file = await placeForSnapshot();
    if (file === undefined || existsSync(file)) return;
    // This stays: what has failed once is not tried at each build. It fails when another process makes the snapshot.
    await writeFile(`${file}.tried`, '', { flag: 'wx' });
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
