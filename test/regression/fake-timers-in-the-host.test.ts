import { afterEach, expect, test, vi } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

afterEach(() => void vi.useRealTimers());

test('under fake timers a thread that died is replaced, deadlines follow the faked time, and a reload and close() end', async () => {
  const folder = await tempFolder();
  const guardian = (edition: number) => ({
    name: 'guardian',
    live: {
      live_edition: `() => ${edition}`,
      live_exit: '() => process.exit(1)',
      live_wait: '() => new Promise(() => {})',
    },
  });
  await deploy(folder, guardian(1));
  const swapper = openSwapper(folder, { abandonedMs: 50 });
  await swapper.load();
  vi.useFakeTimers({
    toFake: ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'Date'],
  });
  const replaced = [nextEvent(swapper, 'threadReplaced')];
  await expect(swapper.call('live_exit')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await replaced[0];
  // There is a pause before the second replacement.
  replaced.push(nextEvent(swapper, 'threadReplaced'));
  await expect(swapper.call('live_exit')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await replaced[1];
  expect(await swapper.call('live_edition')).toBe(1);
  // Deadlines of calls run on the fake timers.
  const late = expect(swapper.with({ timeoutMs: 60_000 }).call('live_wait')).rejects.toMatchObject({
    code: 'CALL_TIMEOUT',
  });
  vi.advanceTimersByTime(60_000);
  await late;
  await deploy(folder, guardian(2));
  await swapper.reload();
  expect(await swapper.call('live_edition')).toBe(2);
  await swapper.close();
});

test('under fake timers a watch notices what is deployed', async () => {
  const folder = await tempFolder();
  const guardian = (edition: number) => ({
    name: 'guardian',
    live: { live_edition: `() => ${edition}` },
  });
  await deploy(folder, guardian(1));
  const swapper = openSwapper(folder);
  await swapper.load();
  vi.useFakeTimers({
    toFake: ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'Date'],
  });
  await swapper.watch();
  const reloaded = nextEvent(swapper, 'reloaded');
  await deploy(folder, guardian(2));
  await reloaded;
  expect(await swapper.call('live_edition')).toBe(2);
  await swapper.close();
});
