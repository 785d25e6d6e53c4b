import { expect, test } from 'vitest';
import { repository } from './places.js';
import { openProject } from './platform-project.js';

const [major = 0] = process.versions.node.split('.').map(Number);

const flag = major < 23 ? '--experimental-permission' : '--permission';

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
    flag,
    '--allow-worker',
    `--allow-fs-read=${repository}/*`,
    `--allow-fs-write=${project.folder}/*`,
    'host.mjs',
  );
  expect(output).toContain('Good day Ada');
});

test('a process that may also start processes builds, and serves a server as it is', async () => {
  const project = await openProject({
    'host.mjs': `import { serveApp } from 'liveswap/app';
import { build } from 'liveswap/build';
await build({ sources: ['plugins/armory'], outDir: 'built', typecheck: false });
const app = await serveApp('server.mjs');
console.log(await (await fetch(app.urls[0])).text());
await app.close();
`,
    'server.mjs': `import { createServer } from 'node:http';
createServer((request, response) => response.end('Good day')).listen(0, '127.0.0.1');
`,
    'plugins/armory/index.ts': `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({});
`,
  });
  const { output } = await project.node(
    flag,
    '--allow-worker',
    '--allow-child-process',
    '--allow-fs-read=*',
    `--allow-fs-write=${project.folder}/*`,
    'host.mjs',
  );
  expect(output).toContain('Good day');
});
