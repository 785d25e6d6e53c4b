import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { refuseJitless } from '../../lib/core/refuse-jitless.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { command } from '../helpers/run-command.js';

const [major = 0] = process.versions.node.split('.').map(Number);

test('what needs the Fetch API is refused under --jitless where Node would end the process', () => {
  expect(() => refuseJitless('serve()', { isOn: true, node: 22 })).toThrow(
    /^serve\(\) needs the Fetch API, which Node 22 does not have under --jitless; run it without that flag, or with Node 24/,
  );
  expect(() => refuseJitless('serve()', { isOn: true, node: 24 })).not.toThrow();
  expect(() => refuseJitless('serve()')).not.toThrow();
});

test.skipIf(major >= 24).each(['start', 'dev'])('liveswap %s under --jitless says so', async (name) => {
  const { file, args } = command;
  const run = promisify(execFile)(file, ['--jitless', ...args, name, '.'], { env: quietEnv() });
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^liveswap: liveswap \w+ needs the Fetch API/m) as string,
  });
});
