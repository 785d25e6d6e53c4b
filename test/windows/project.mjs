import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const repository = join(import.meta.dirname, '../..');

/** Copies the repository, as it is, into `folder`: with the code that was compiled on Linux, and the packages of Windows. */
export async function layOutProject(folder) {
  await mkdir(folder, { recursive: true });
  const { stdout } = await exec('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    maxBuffer: 2 ** 26,
  });
  const files = stdout.split('\0').filter(Boolean);
  const tops = new Set([...files.map((file) => file.split('/')[0]), 'dist']);
  await Promise.all([...tops].map((name) => rm(join(folder, name), { recursive: true, force: true })));
  for (const name of [...files, 'dist'])
    await cp(join(repository, name), join(folder, name), { recursive: true }).catch(unlessGone);
  await installPackages(folder);
}

/** Installs what the lock file names, for Windows, unless that was done before. */
async function installPackages(folder) {
  const lock = await readFile(join(folder, 'package-lock.json'), 'utf8');
  const installed = join(folder, 'node_modules/.installed-lock.json');
  if ((await readFile(installed, 'utf8').catch(() => '')) === lock) return;
  await exec(
    'npm',
    ['ci', '--os=win32', '--cpu=x64', '--force', '--ignore-scripts', '--no-audit', '--no-fund'],
    {
      cwd: folder,
      maxBuffer: 2 ** 26,
    },
  );
  await writeFile(installed, lock);
}

/** A file that was deleted is in the index until that is committed. */
function unlessGone(error) {
  if (error.code !== 'ENOENT') throw error;
}
