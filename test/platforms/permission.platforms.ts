import { expect, test } from 'vitest';
import { repository } from './places.js';
import { openProject } from './platform-project.js';

const [major = 0] = process.versions.node.split('.').map(Number);

test('a process that may read its project alone loads, watches and reloads', async () => {
  const project = await openProject({
    'host.mjs': `import { copyFileSync } from 'node:fs';
import { Swapper } from 'liveswap';
const swapper = new Swapper('artifacts');
await swapper.load();
const watching = await swapper.watch({ settleMs: 50 });
const reloaded = new Promise((resolve) => swapper.on('reloaded', resolve));
copyFileSync('next/guardian.plugin.mjs', 'artifacts/guardian.plugin.mjs');
await reloaded;
console.log(await swapper.call('live_salute', 'Ada'));
await watching.close();
await swapper.close();
`,
  });
  const { output } = await project.node(
    major < 23 ? '--experimental-permission' : '--permission',
    '--allow-worker',
    `--allow-fs-read=${repository}/*`,
    `--allow-fs-write=${project.folder}/*`,
    'host.mjs',
  );
  expect(output).toContain('Good day Ada');
});
