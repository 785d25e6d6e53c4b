import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { packageFile } from '../../core/package-files.js';
import { placeForSnapshot } from './snapshot-file.js';

/** What has failed is tried again after a day: another process may have ended it, or the disk was full. */
const AGAIN_MS = 24 * 3_600_000;

/**
 * Begins to make a snapshot of the compiler, in a process that outlives this one, if somebody at a terminal will wait for another build,
 * there is none yet, and none was tried today. Never rejects.
 */
export async function leaveSnapshot({ stdout, stderr, env } = process): Promise<void> {
  if (env['CI'] || !(stdout.isTTY || stderr.isTTY)) return;
  try {
    const file = await placeForSnapshot();
    if (file === undefined || existsSync(file)) return;
    const tried = `${file}.tried`;
    const { mtimeMs } = await stat(tried).catch(() => ({ mtimeMs: 0 }));
    if (Date.now() - mtimeMs < AGAIN_MS) return;
    await rm(tried, { force: true });
    // This fails when another process has just begun to make it.
    await writeFile(tried, '', { flag: 'wx' });
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
