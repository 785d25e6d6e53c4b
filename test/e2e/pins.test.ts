import { expect, test } from 'vitest';
import type { PinOptions } from '../../lib/index.js';
import { deploy } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { untilCollected } from '../helpers/until.js';

const herald = (text: string) => ({ name: 'herald', live: { live_call: `() => '${text}'` } });

async function open() {
  const folder = await tempFolder();
  await deploy(folder, herald('old'));
  const warnings: string[] = [];
  const silent = (): void => {};
  const warn = (_facts: object, message = ''): void => void warnings.push(message);
  const swapper = openSwapper(folder, { logger: { debug: silent, info: silent, warn, error: silent } });
  await swapper.load();
  await deploy(folder, herald('new'));
  const retired = nextEvent(swapper, 'version', ({ state }) => state === 'retired');
  return { swapper, warnings, retired };
}

test('a pin that is forgotten is released after maxMs, with a warning', async () => {
  const { swapper, warnings, retired } = await open();
  const session = swapper.pin({ maxMs: 200 });
  await swapper.reload();
  await retired;
  expect(warnings).toEqual([
    'A pin of generation 1 was released after 200 ms (maxMs): release it, or give it more.',
  ]);
  await expect(session.call('live_call')).rejects.toMatchObject({
    code: 'CLOSED',
    message: expect.stringContaining('after 200 ms (maxMs)'),
  });
  await session.release();
});

test('a pin whose session nobody has any more is released', async () => {
  const { swapper, warnings, retired } = await open();
  (() => void swapper.pin())();
  await swapper.reload();
  let isRetired = false;
  void retired.then(() => (isRetired = true));
  await untilCollected(() => isRetired);
  expect(warnings).toEqual([]);
});

test.each<PinOptions>([{ maxMs: -1 }, { maxMs: 'long' as never }, { max: 5 } as never])(
  'a pin with the options %o is refused',
  async (options) => {
    const { swapper } = await open();
    expect(() => swapper.pin(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  },
);

test('a generation that a listener pins and releases while it becomes current goes on', async () => {
  const folder = await tempFolder();
  await deploy(folder, herald('old'));
  const swapper = openSwapper(folder);
  swapper.on('version', ({ state }) => {
    if (state === 'active') void swapper.pin().release();
  });
  await swapper.load();
  expect(await swapper.call('live_call')).toBe('old');
  await deploy(folder, herald('new'));
  await swapper.reload();
  expect(await swapper.call('live_call')).toBe('new');
});
