import { threadId } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** A thread with four times the stack of its host, so that it can send a value that the host cannot read. */
const cellar =
  'const cellarOf = (depth) => { let cellar = []; while (depth-- > 0) cellar = [cellar]; return cellar; };';
const unread = {
  code: 'NOT_CLONEABLE',
  message: expect.stringContaining('could not be read there') as string,
  cause: { name: 'RangeError' },
};

test('an answer nested too deep to be read rejects what is pending, and the thread lives on', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    module: `import { threadId } from 'node:worker_threads'; ${cellar}`,
    live: {
      live_dig: '(depth) => cellarOf(depth)',
      live_thread: '() => threadId',
      live_wait:
        '() => { const { signal } = context.call; return new Promise((resolve) => signal.addEventListener("abort", resolve)); }',
    },
  });
  const swapper = openSwapper(folder);
  await swapper.load();
  const thread = await swapper.call('live_thread');
  const waiting = swapper.call('live_wait');
  await Promise.all([
    expect(swapper.call('live_dig', 8_000)).rejects.toMatchObject(unread),
    expect(waiting).rejects.toMatchObject(unread),
  ]);
  expect(await swapper.call('live_thread')).toBe(thread);
  expect(thread).not.toBe(threadId);
  await swapper.close();
});

test('arguments nested too deep to be read reject what is pending, and the thread lives on', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    module: "import { threadId } from 'node:worker_threads';",
    live: { live_fill: '() => "full"', live_thread: '() => threadId' },
  });
  const swapper = openSwapper(folder, { resourceLimits: { stackSizeMb: 0.5 } });
  await swapper.load();
  const thread = await swapper.call('live_thread');
  let cellar: unknown[] = [];
  for (let depth = 0; depth < 2_000; depth++) cellar = [cellar];
  await expect(swapper.call('live_fill', cellar)).rejects.toMatchObject(unread);
  expect(await swapper.call('live_thread')).toBe(thread);
});

test('a thread whose last words cannot be read is dead all the same', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    module: cellar,
    live: {
      live_dig: '() => { setImmediate(() => process.exit(0)); return cellarOf(8_000); }',
      live_answer: '() => "Hail"',
    },
  });
  const swapper = openSwapper(folder);
  await swapper.load();
  await expect(swapper.call('live_dig')).rejects.toMatchObject({
    code: expect.stringMatching(/NOT_CLONEABLE|THREAD_CRASHED/) as string,
  });
  expect(
    await swapper
      .with({})
      .call('live_answer')
      .catch(() => swapper.call('live_answer')),
  ).toBe('Hail');
});
