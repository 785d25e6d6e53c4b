// Installs the packages of a suite, by the lock file in its folder: `node .ci/install.mjs test/apps/packages`. When the registry
// fails for a moment, npm gives up; it is then run once more.
import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 20_000;
const [folder] = process.argv.slice(2);
const args = ['ci', '--prefix', folder, '--workspaces=false', '--ignore-scripts', '--no-audit', '--no-fund'];

if (!install()) {
  await pause(PAUSE_MS);
  if (!install()) process.exitCode = 1;
}

function install() {
  // On Windows npm is a script of the shell.
  const { status } = spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  return status === 0;
}
