import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { deploy } from '../helpers/compose-plugin.js';
import { linkPair } from '../helpers/link-pair.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('each call that is pending on a dying thread rejects with an error of its own', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    live: { live_wait: '() => new Promise(() => {})', live_die: '() => process.exit(3)' },
  });
  const swapper = openSwapper(folder);
  await swapper.load();
  const calls = ['live_wait', 'live_wait', 'live_die'].map((name) => swapper.call(name));
  const errors = (await Promise.allSettled(calls)).map(
    (one) => (one as PromiseRejectedResult).reason as LiveswapError,
  );
  expect(new Set(errors).size).toBe(3);
  for (const error of errors) expect(error).toMatchObject({ code: 'THREAD_CRASHED', plugin: 'guardian' });
});

test('a host whose stacks are no text gets the error that was thrown', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian', live: { live_fall: '() => { throw new RangeError("fell"); }' } });
  const swapper = openSwapper(folder);
  await swapper.load();
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  Error.prepareStackTrace = (_error, frames) => frames;
  try {
    const error: unknown = await swapper.call('live_fall').catch((thrown: unknown) => thrown);
    expect(error instanceof RangeError).toBe(true);
  } finally {
    if (before) Object.defineProperty(Error, 'prepareStackTrace', before);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
});

test('a call that waits for a channel when its link is closed rejects with an error of its own, too', async () => {
  const { near, far } = linkPair({}, {});
  const asked = [near.surface().call('gate', []), near.surface().call('gate', [])];
  const gone = new LiveswapError('RETIRED', 'gone');
  far.close(gone);
  near.close(gone);
  const [one, two] = await Promise.allSettled(asked);
  expect((one as PromiseRejectedResult).reason).not.toBe((two as PromiseRejectedResult).reason);
});
