import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Texts of the armory's `onInit`, by the way in which it calls back into the armory. */
const ways = {
  'its own live function': "(vault) => vault.call('live_motto')",
  'a live function of another plugin that imports it': "(vault) => vault.call('live_arm')",
  'a live function of another plugin that calls one of its own': "(vault) => vault.call('live_ask')",
  'a method of the extension that calls one of its own': '(vault) => vault.extension.ask()',
};

function armory(onInit: string): PluginText {
  return {
    name: 'armory',
    module: 'let motto;',
    hooks: { onInit: `async (vault) => { motto = await (${onInit})(vault); }` },
    exports: { sword: '() => "a sword"' },
    live: {
      live_motto: '() => "Hail"',
      live_said: '() => motto',
      live_break: '() => process.exit(1)',
    },
  };
}

const guardian: PluginText = {
  name: 'guardian',
  imports: ['armory'],
  live: {
    live_arm: "() => callImport('armory', 'sword', [])",
    live_ask: "() => context.vault.call('live_motto')",
  },
};

test.for(Object.entries(ways))(
  'a thread whose onInit calls %s comes up after a crash as it did at first',
  async ([, onInit]) => {
    const folder = await tempFolder();
    await deploy(folder, armory(onInit), guardian);
    const swapper: Swapper = openSwapper(folder, {
      startMs: 5_000,
      // At the first start, no plugin is loaded yet that the host could call.
      extension: () => ({
        ask: async () => (swapper.stats().generation ? swapper.call('live_motto') : 'Hail'),
      }),
    });
    await swapper.load();
    const said = await swapper.call('live_said');
    const replaced = nextEvent(swapper, 'threadReplaced');
    await swapper.call('live_break').catch(() => {});
    expect(await swapper.call('live_said')).toBe(said);
    await replaced;
    expect(await swapper.call('live_arm')).toBe('a sword');
  },
);

test('work that is no part of its start waits until the thread has been through onInit', async () => {
  const folder = await tempFolder();
  await deploy(
    folder,
    armory(
      "async (vault) => { const said = await vault.call('live_motto'); await vault.extension.pause(); return said; }",
    ),
    guardian,
  );
  let crashed = false;
  const asked: Promise<unknown>[] = [];
  const swapper: Swapper = openSwapper(folder, {
    extension: () => ({
      pause: async () => {
        if (crashed) asked.push(fromOutside());
      },
    }),
  });
  let fromOutside = (): Promise<unknown> => Promise.resolve();
  await swapper.load();
  const { port1, port2 } = new MessageChannel();
  // The message breaks the chain, so this call is not a part of what the plugin waits for.
  fromOutside = () =>
    new Promise((resolve) => {
      port2.once('message', () => resolve(swapper.call('live_said')));
      port1.postMessage('now');
    });
  crashed = true;
  await swapper.call('live_break').catch(() => {});
  expect(await swapper.call('live_said')).toBe('Hail');
  expect(await asked[0]).toBe('Hail');
  port1.close();
});
