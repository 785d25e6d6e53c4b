import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Keeps a call-back that a thread of another plugin gave it, over the direct link. */
const guardian: PluginText = {
  name: 'guardian',
  module: 'let kept, lifetime, aborted;',
  exports: {
    keep: '(callback) => { kept = callback; lifetime = lifetimeOf(callback); }',
    wait: `() => {
      const { signal } = context.call;
      signal.addEventListener('abort', () => { aborted = signal.reason.code; });
      return new Promise(() => {});
    }`,
  },
  live: {
    live_reason: '() => lifetime.reason?.code',
    live_aborted: '() => aborted',
    live_ask: '() => kept().catch(({ code }) => code)',
  },
};

const herald: PluginText = {
  name: 'herald',
  imports: ['guardian'],
  live: {
    live_give: '() => callImport("guardian", "keep", [() => "Hail"])',
    live_wait: '() => callImport("guardian", "wait", [])',
    live_break: '() => process.exit(3)',
  },
};

async function open() {
  const folder = await tempFolder();
  await deploy(folder, guardian, herald);
  const swapper = openSwapper(folder);
  await swapper.load();
  await swapper.call('live_give');
  expect(await swapper.call('live_ask')).toBe('Hail');
  return { swapper, folder };
}

test('the call-backs and calls of an importing thread that died end as crashed', async () => {
  const { swapper } = await open();
  const waiting = swapper.call('live_wait').catch(({ code }: { code: string }) => code);
  await expect(swapper.call('live_break')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(await waiting).toBe('THREAD_CRASHED');
  await expect.poll(() => swapper.call('live_reason')).toBe('THREAD_CRASHED');
  expect(await swapper.call('live_aborted')).toBe('THREAD_CRASHED');
  expect(await swapper.call('live_ask')).toBe('THREAD_CRASHED');
});

test('the call-backs of an importing version that has left are retired', async () => {
  const { swapper, folder } = await open();
  await deploy(folder, { ...herald, live: { live_other: '() => 1' } });
  await swapper.reload();
  await expect.poll(() => swapper.call('live_reason')).toBe('RETIRED');
  expect(await swapper.call('live_ask')).toBe('RETIRED');
});
