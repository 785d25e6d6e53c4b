import { expect, onTestFinished, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const guardian = (release: number): Parameters<typeof deploy>[1] => ({
  name: 'guardian',
  module: `const release = ${release}; const atLoad = process.env.PASSWORD;`,
  live: {
    live_password: '() => [atLoad, process.env.PASSWORD, process.env.OLD_PASSWORD]',
    live_watched: '() => process.env.WATCH_REPORT_DEPENDENCIES',
    live_exit: '() => { process.exit(1); }',
  },
});

/** Sets variables of this process until the running test is over. */
function setVariables(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
  onTestFinished(() => {
    for (const name of Object.keys(variables)) delete process.env[name];
  });
}

test('new code has the environment of its reload, and what replaces a thread of it, too; threads that waited had an older one', async () => {
  const folder = await tempFolder();
  setVariables({ PASSWORD: 'friend', OLD_PASSWORD: 'mellon' });
  await deploy(folder, guardian(1));
  const swapper = openSwapper(folder, { standby: true });
  await swapper.load();
  expect(await swapper.call('live_password')).toEqual(['friend', 'friend', 'mellon']);
  await expect.poll(() => swapper.stats().standbyThreads, { timeout: 20_000 }).toBe(1);
  setVariables({ PASSWORD: 'foe' });
  delete process.env['OLD_PASSWORD'];
  await deploy(folder, guardian(2));
  await swapper.reload();
  expect(await swapper.call('live_password')).toEqual(['foe', 'foe', undefined]);
  process.env['PASSWORD'] = 'stranger';
  await swapper.call('live_exit').catch(() => {});
  expect(await swapper.call('live_password')).toEqual(['foe', 'foe', undefined]);
});

test('an environment that threads are given by option is theirs', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian(1));
  const swapper = openSwapper(folder, { env: { PASSWORD: 'friend' } });
  await swapper.load();
  expect(await swapper.call('live_password')).toEqual(['friend', 'friend', undefined]);
});

test('a thread does not tell `node --watch` what it loads: deleting its copy would restart the host', async () => {
  const folder = await tempFolder();
  setVariables({ WATCH_REPORT_DEPENDENCIES: '1' });
  await deploy(folder, guardian(1));
  const swapper = openSwapper(folder);
  await swapper.load();
  expect(await swapper.call('live_watched')).toBeUndefined();
});
