import { setImmediate as turnEnd } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Swapper } from '../../lib/index.js';
import { swapChannel } from '../../lib/observe/events.js';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { untilCollected } from '../helpers/until.js';
import { withPage } from '../helpers/with-page.js';

const herald = { name: 'herald', live: { live_call: "() => 'hear ye'" } };

test('a listener that throws or rejects is logged once, and nothing changes', async () => {
  const folder = await tempFolder();
  await deploy(folder, herald);
  const errors: string[] = [];
  const silent = (): void => {};
  const error = (_facts: object, message = ''): void => void errors.push(message);
  const swapper = openSwapper(folder, { logger: { debug: silent, info: silent, warn: silent, error } });
  swapper.on('version', () => {
    throw new Error('deaf');
  });
  swapper.on('reloaded', async () => {
    throw new Error('late and deaf');
  });
  const heard: number[] = [];
  swapper.on('reloaded', ({ generation }) => heard.push(generation));
  await swapper.load();
  await swapper.reload();
  await turnEnd();
  expect(heard).toEqual([1, 2]);
  expect(errors.toSorted()).toEqual([
    'A listener of reloaded threw: late and deaf',
    'A listener of version threw: deaf',
  ]);
  expect(await swapper.call('live_call')).toBe('hear ye');
});

test('a logger that throws is a warning, once, and nothing changes', async () => {
  const folder = await tempFolder();
  await deploy(folder, herald);
  const warnings: string[] = [];
  const warn = ({ name, message }: Error): void => void warnings.push(`${name}: ${message}`);
  process.on('warning', warn);
  onTestFinished(() => void process.off('warning', warn));
  const full = (): never => {
    throw new Error('disk full');
  };
  const swapper = openSwapper(folder, { logger: { debug: full, info: full, warn: full, error: full } });
  await swapper.load();
  await turnEnd();
  expect(await swapper.call('live_call')).toBe('hear ye');
  expect(warnings).toEqual(['LiveswapWarning: The logger threw: disk full']);
});

test('unknown events and options are refused, with the one that was probably meant', async () => {
  const swapper = openSwapper(await tempFolder());
  const refused = { code: 'OPTION_INVALID' };
  expect(() => swapper.on('reload-failed' as never, () => {})).toThrow(
    expect.objectContaining({
      ...refused,
      event: 'reload-failed',
      message: withPage('OPTION_INVALID', 'There is no event reload-failed; did you mean reloadFailed?'),
    }),
  );
  expect(() => new Swapper('.', { drainMS: 5 } as never)).toThrow(
    expect.objectContaining({
      ...refused,
      option: 'drainMS',
      message: expect.stringMatching('did you mean drainMs?'),
    }),
  );
  await expect(swapper.watch({ whole: 5 } as never)).rejects.toMatchObject({ ...refused, option: 'whole' });
  await expect(swapper.reload(1, { onreload: () => {} } as never)).rejects.toMatchObject({
    ...refused,
    option: 'onreload',
    message: withPage('OPTION_INVALID', 'There is no option onreload; did you mean onReload?'),
  });
});

test('a swapper that is made and never closed is collected, its listeners and all', async () => {
  const made = (() => {
    const swapper = new Swapper('.');
    swapper.on('reloaded', () => void swapper.reloads);
    return new WeakRef(swapper);
  })();
  await untilCollected(() => !swapChannel.hasSubscribers);
  expect(made.deref()).toBeUndefined();
});

test('an event that is no string and a listener that is no function are refused, and a plugin by no name is not found', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'herald', live: { live_call: "() => 'hear ye'" } });
  const swapper = openSwapper(folder);
  await swapper.load();
  const refused = { code: 'OPTION_INVALID', event: 'undefined' };
  expect(() => swapper.on(undefined as never, () => {})).toThrow(expect.objectContaining(refused));
  expect(() => swapper.on('closed', undefined as never)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', event: 'closed' }),
  );
  expect(() => swapper.current.plugin(undefined as never)).toThrow(
    expect.objectContaining({ code: 'PLUGIN_MISSING', plugin: 'undefined' }),
  );
});
