import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { refuseNoProcesses } from '../../lib/compiler/no-processes.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { command } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const [major = 0] = process.versions.node.split('.').map(Number);
const flags = [
  major < 23 ? '--experimental-permission' : '--permission',
  '--allow-worker',
  '--allow-fs-read=*',
  '--allow-fs-write=*',
];

test.each([
  ['build', ['build', 'plugins', 'out']],
  ['build --watch', ['build', '--watch', 'plugins', 'out']],
  ['build --app', ['build', '--app', 'server.mjs', 'out']],
  ['check --app', ['check', '--app', 'server.mjs']],
  ['dev', ['dev', 'plugins']],
  ['dev of an app', ['dev', 'server.mjs']],
  ['start of an app', ['start', 'server.mjs']],
] as const)('%s where no process may be started ends with what to allow', async (_, args) => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'package.json': '{}',
    'server.mjs': '',
    'plugins/guardian/index.ts':
      "import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n",
  });
  const run = promisify(execFile)(command.file, [...flags, ...command.args, ...args], {
    cwd: folder,
    env: quietEnv({ LIVESWAP_SOCKETS: join(folder, 'sockets') }),
  });
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^liveswap: Cannot build: under --permission.*--allow-child-process/m),
  });
});

test('a process that may start others builds', () => {
  expect(() => refuseNoProcesses()).not.toThrow();
});
