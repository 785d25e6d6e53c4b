import { afterEach, expect, test, vi } from 'vitest';
import type { ArtifactModule } from '../../lib/plugin/artifact-module.js';
import { KeptThread } from '../../lib/thread/kept-thread.js';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test.each([2 ** 31, Infinity])(
  'a saveMs of %d, for which no timer of Node waits, makes no copy',
  async (saveMs) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const root = { root: new Map([['Ida', 1]]), made: undefined, saveMs };
    const artifact = { keptRoots: { roots: new Map([['players', root]]), registered: new Map() } };
    const thread = new KeptThread(artifact as unknown as ArtifactModule, { names: [] } as never);
    thread.startSaving({
      save: async () => expect.unreachable(),
      onFailed: (error) => expect.unreachable(String(error)),
    });
    expect(vi.getTimerCount()).toBe(0);
  },
);

test('copies are made every saveMs, but rarer where they would cost more than 2 % of the time', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const root = { root: new Map([['Ida', 1]]), made: undefined, saveMs: 10 };
  const artifact = { keptRoots: { roots: new Map([['players', root]]), registered: new Map() } };
  const thread = new KeptThread(artifact as unknown as ArtifactModule, { names: [] } as never);
  let costMs = 0;
  const save = vi.fn(async () => void (now += costMs));
  thread.startSaving({ save, onFailed: (error) => expect.unreachable(String(error)) });
  await vi.advanceTimersByTimeAsync(30);
  expect(save).toHaveBeenCalledTimes(3);
  costMs = 20;
  await vi.advanceTimersByTimeAsync(10);
  expect(save).toHaveBeenCalledTimes(4);
  await vi.advanceTimersByTimeAsync(979);
  expect(save).toHaveBeenCalledTimes(4);
  await vi.advanceTimersByTimeAsync(1);
  expect(save).toHaveBeenCalledTimes(5);
  thread.stopSaving();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(save).toHaveBeenCalledTimes(5);
});
