import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { loadIn, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';
import { Client } from '../helpers/web-socket-client.js';

test.each(modes)('in mode %s, what a hook wrote before it threw is kept', async (mode) => {
  const hall: PluginText = {
    name: 'hall',
    http: `{ fetch: () => new Response('plain'), websocket: {
      async message(peer, message) {
        peer.context.heard = [...(peer.context.heard ?? []), message.text()];
        await null;
        if (message.text() === 'throw') throw new Error('a bad hook');
        peer.send(peer.context.heard.join(' '));
      },
    } }`,
  };
  const { url } = await openServer(await loadIn(mode, [hall]));
  const client = await Client.open(url);
  client.socket.send('throw');
  expect(await client.ask('go on')).toBe('throw go on');
});

test('a live type in the context is of the newest class, from the first message on', async () => {
  const sword = (words: string): PluginText => ({
    name: 'hall',
    types: {
      Live_Sword: `class Live_Sword { cuts = 0; says() { this.cuts++; return '${words} ' + this.cuts; } }`,
    },
    http: `{ fetch: () => new Response('plain'), websocket: {
      message(peer) {
        peer.context.sword ??= new liveTypes.Live_Sword();
        peer.send(peer.context.sword.says());
      },
    } }`,
  });
  const folder = await tempFolder();
  await deploy(folder, sword('cuts'));
  const swapper = openSwapper(folder);
  await swapper.load();
  const { url } = await openServer(swapper);
  const client = await Client.open(url);
  expect(await client.ask('draw')).toBe('cuts 1');
  await deploy(folder, sword('thrusts'));
  await swapper.reload();
  expect(await client.ask('draw')).toBe('thrusts 2');
  await swapper.rollback();
  expect(await client.ask('draw')).toBe('cuts 3');
});
