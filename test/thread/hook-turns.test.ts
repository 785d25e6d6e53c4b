import { expect, test } from 'vitest';
import { HookTurns } from '../../lib/thread/hook-turns.js';
import { deferred } from '../helpers/deferred.js';

test('it is settled when the hook under way is, however that ends, or when the grace is over', async () => {
  const turns = new HookTurns();
  await turns.settled(60_000);
  const hook = deferred();
  const running = turns.run(() => hook.promise);
  await turns.settled(1);
  const settled = turns.settled(60_000);
  hook.reject(new Error('not today'));
  await expect(running).rejects.toThrow('not today');
  await settled;
});

test('onFree runs once, and no other hook after it', async () => {
  const turns = new HookTurns();
  let freed = 0;
  const onFree = (): void => {
    freed++;
  };
  await Promise.all([turns.free(onFree), turns.free(onFree)]);
  expect(freed).toBe(1);
  await expect(turns.run(() => 7)).rejects.toMatchObject({ code: 'RETIRED' });
});

test('a hook that throws rejects', async () => {
  const turns = new HookTurns();
  const run = turns.run(() => {
    throw new RangeError('not today');
  });
  await expect(run).rejects.toThrow(RangeError);
});
