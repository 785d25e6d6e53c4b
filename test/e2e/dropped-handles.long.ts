import { expect, test } from 'vitest';
import type { Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns a guardian whose watches others drop halfway. */
const guardian = (release: number): PluginText => ({
  name: 'guardian',
  live: { live_watch: 'async function* () { yield 1; yield 2; }', live_release: `() => ${release}` },
});
const armory: PluginText = {
  name: 'armory',
  live: {
    live_drop: "async () => { await (await context.vault.call('live_watch')).next(); }",
    live_dropDirect: "async () => { await (await callImport('guardian', 'watch', [])).next(); }",
  },
};

async function drop(swapper: Swapper): Promise<void> {
  await ((await swapper.call('live_watch')) as AsyncGenerator).next();
}

const threadsOf = (swapper: Swapper): string[] =>
  swapper
    .stats()
    .plugins.filter(({ plugin }) => plugin === 'guardian')
    .flatMap(({ versions }) =>
      versions.flatMap(({ state, threads }) => threads.map((thread) => `${state} ${thread.state}`)),
    );

test('a version that is replaced does not stay for what the host dropped in its middle and nobody collects', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian(1), armory);
  const swapper = openSwapper(folder);
  await swapper.load();
  await drop(swapper);
  await swapper.call('live_drop');
  await deploy(folder, guardian(2));
  await swapper.reload();
  await expect.poll(() => threadsOf(swapper)).toEqual(['active serving']);
});

test('a thread that is recycled does not stay for it, either', async () => {
  const folder = await tempFolder();
  await deploy(folder, { ...guardian(1), exclusive: true }, armory);
  const swapper = openSwapper(folder, { plugins: { guardian: { recycle: { calls: 1 } } } });
  await swapper.load();
  const recycled = nextEvent(swapper, 'threadReplaced');
  await drop(swapper);
  await recycled;
  await expect.poll(() => threadsOf(swapper)).toEqual(['active serving']);
});

test('an idle plugin that dropped one of a plugin that it imports is asked to collect', async () => {
  const folder = await tempFolder();
  const exports = { watch: 'async function* () { yield 1; yield 2; }' };
  await deploy(folder, { ...guardian(1), exports }, { ...armory, imports: ['guardian'] });
  const swapper = openSwapper(folder, { plugins: { guardian: { recycle: { calls: 1 } } } });
  await swapper.load();
  const recycled = nextEvent(swapper, 'threadReplaced');
  await swapper.call('live_dropDirect');
  await swapper.call('live_release');
  await recycled;
  await expect.poll(() => threadsOf(swapper)).toEqual(['active serving']);
});
