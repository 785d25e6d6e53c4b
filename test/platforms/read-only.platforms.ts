import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { host, openProject } from './platform-project.js';

/** Only root may mount, and in some containers not even root. */
const mayMount = attempt(() => execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']));

/** Runs a host for which, and only for which, the artifacts are on a read-only file system. */
async function runReadOnly(code: string): Promise<string> {
  const project = await openProject({ 'host.mjs': code });
  const script =
    'mount --bind artifacts artifacts && mount -o remount,bind,ro artifacts && exec "$0" host.mjs';
  const { output } = await project.run('unshare', '--mount', 'sh', '-c', script, process.execPath);
  return output;
}

test.skipIf(!mayMount)('artifacts on a read-only file system: the error names it, and copyDir', async () => {
  expect(await runReadOnly(host)).toMatch(/EROFS.*set copyDir.* COPY_FAILED/);
});

test.skipIf(!mayMount)('artifacts on a read-only file system run from copyDir', async () => {
  const elsewhere = host.replace("'artifacts'", "'artifacts', { copyDir: 'copies' }");
  expect(await runReadOnly(elsewhere)).toMatch(/^Hail Ada\nguardian: unchanged/);
});

function attempt(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}
