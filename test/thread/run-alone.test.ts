import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turnEnd } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { outsideContext } from '../../lib/core/async-context.js';
import { runAlone } from '../../lib/thread/run-alone.js';

test('what runs alone has its store, also after it has waited, and leaves none behind', async () => {
  const storage = new AsyncLocalStorage<string>();
  const met = await storage.run('caller', async () => {
    const answers = ['first', 'second'].map((store) =>
      runAlone(storage, store, async () => {
        const before = storage.getStore();
        await turnEnd();
        return [before, storage.getStore()];
      }),
    );
    return [storage.getStore(), outsideContext(() => storage.getStore()), ...(await Promise.all(answers))];
  });
  expect(met).toEqual(['caller', undefined, ['first', 'first'], ['second', 'second']]);
});

test('what runs alone leaves nothing behind when it throws', () => {
  const storage = new AsyncLocalStorage<string>();
  const fail = (): never => {
    throw new RangeError(storage.getStore());
  };
  expect(() => runAlone(storage, 'failing', fail)).toThrow(new RangeError('failing'));
  expect(storage.getStore()).toBeUndefined();
  expect(outsideContext(() => storage.getStore())).toBeUndefined();
});
