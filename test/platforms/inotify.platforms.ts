import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { openProject } from './platform-project.js';

/** A host that watches its artifacts. */
const watching = `import { copyFileSync } from 'node:fs';
import { Swapper } from 'liveswap';
const swapper = new Swapper('artifacts');
await swapper.load();
const watch = await swapper.watch({ settleMs: 50 });
const reloaded = new Promise((resolve) => swapper.on('reloaded', resolve));
copyFileSync('next/guardian.plugin.mjs', 'artifacts/guardian.plugin.mjs');
await reloaded;
console.log(await swapper.call('live_salute', 'Ada'));
await watch.close();
await swapper.close();
`;

/**
 * Returns arguments of `unshare` that run a program with a limit of 0: a process in its own user namespace has its own limits.
 */
const withLimit = (limit: string): string[] => [
  '-U',
  '-r',
  'sh',
  '-c',
  `echo 0 > /proc/sys/user/${limit} && exec "$0" "$@"`,
];

test.skipIf(!mayLimit()).for([
  ['max_inotify_watches', 'max_user_watches'],
  ['max_inotify_instances', 'max_user_instances'],
] as const)('with %s exhausted, a watch says so once, and notices all the same', async ([limit, named]) => {
  const project = await openProject({ 'host.mjs': watching });
  const { output } = await project.run('unshare', ...withLimit(limit), process.execPath, 'host.mjs');
  expect(output).toContain('Good day Ada');
  expect(output.match(/WATCH_FAILED/g)).toHaveLength(1);
  expect(output).toContain(`fs.inotify.${named}`);
});

function mayLimit(): boolean {
  try {
    execFileSync('unshare', [...withLimit('max_inotify_watches'), 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
