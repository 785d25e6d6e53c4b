import { createReadStream, type ReadStream } from 'node:fs';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('a stream of Node that fails ends nobody when the call that it was given to is refused', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    module: `import { createReadStream } from 'node:fs'; const missing = () => createReadStream('/no/such/file');`,
    live: {
      live_wait: '() => new Promise(() => {})',
      live_ask: `async (back) => {
        const refused = [context.vault.call('live_nobody', missing()), callImport('nobody', 'hide', [missing()]), back(Symbol.iterator, missing())];
        const codes = (await Promise.allSettled(refused)).map(({ reason }) => reason.code);
        await new Promise((resolve) => missing().on('error', resolve));
        return codes;
      }`,
    },
  });
  const swapper = openSwapper(folder, { concurrency: 1, maxQueued: 0 });
  const missing: ReadStream[] = [];
  const given = (): ReadStream => {
    missing.push(createReadStream('/no/such/file'));
    return missing.at(-1)!;
  };
  await expect(swapper.call('live_wait', given())).rejects.toMatchObject({ code: 'NOT_LOADED' });
  await swapper.load();
  expect(await swapper.call('live_ask', () => {})).toEqual([
    'FUNCTION_UNKNOWN',
    'NOT_LOADED',
    'NOT_CLONEABLE',
  ]);
  const waiting = expect(swapper.call('live_wait')).rejects.toMatchObject({ code: 'CLOSED' });
  const { signal } = new AbortController();
  await expect(swapper.call('live_nobody', given())).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });
  await expect(swapper.call('live_wait', given())).rejects.toMatchObject({ code: 'QUEUE_FULL' });
  await expect(
    swapper.with({ signal: AbortSignal.abort() }).call('live_wait', given()),
  ).rejects.toMatchObject({
    code: 'CALL_ABORTED',
  });
  const guardian = swapper.current.plugin('guardian');
  await expect(guardian.invoke('nothing', given())).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });
  await swapper.destroy();
  await waiting;
  await expect(swapper.with({ signal }).call('live_wait', given())).rejects.toMatchObject({ code: 'CLOSED' });
  await Promise.all(
    missing.map((stream) => (stream.closed ? Promise.resolve() : once(stream, 'close').catch(() => {}))),
  );
});
