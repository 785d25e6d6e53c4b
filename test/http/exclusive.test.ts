import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred } from '../helpers/deferred.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { RawClient } from '../helpers/socket-crossing.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';

const till = (release: number): PluginText => ({
  name: 'till',
  exclusive: true,
  http: `{ fetch: (request) => new Response('${release} ' + new URL(request.url).pathname + ';') }`,
  hooks: { onYield: '() => context.vault.extension.yields()' },
});

test('a request of which a part has come when the gate closes is answered by the version that takes over', async () => {
  const folder = await tempFolder();
  await deploy(folder, till(1));
  const yields = deferred();
  const swapper = openSwapper(folder, { extension: () => ({ yields: () => yields.promise }) });
  await swapper.load();
  const { port } = await openServer(swapper);
  const [slow, quick] = [new RawClient(port), new RawClient(port)];
  slow.write('GET /slow HTTP/1.1\r\nho');
  quick.write('GET /quick HTTP/1.1\r\nhost: here\r\n\r\n');
  await quick.until('1 /quick;');
  await deploy(folder, till(2));
  const reloaded = swapper.reload();
  await expect.poll(() => swapper.stats().plugins[0]?.versions.length).toBe(2);
  slow.write('st: here\r\n');
  yields.resolve();
  await reloaded;
  slow.write('\r\n');
  expect(await slow.until('/slow;')).toContain('2 /slow;');
});
