import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HostBag } from '../../lib/swap/host-bag.js';
import { StagedBag } from '../../lib/swap/staged-bag.js';
import { deferred } from '../helpers/deferred.js';

function open() {
  const bag = new HostBag(new AbortController().signal);
  const staged = new StagedBag(bag);
  return { bag, staged, hook: staged.seenBy('guardian') };
}

async function assign(staged: StagedBag): Promise<void> {
  staged.refuseConflicts('handOver');
  const letGo = await staged.settle();
  staged.refuseConflicts('assignment');
  staged.commit();
  letGo();
}

test('the generation that comes up sees staged writes, and others see them once it is current', async () => {
  const { bag, staged, hook } = open();
  await bag.set('gate', 'shut');
  await hook.set('horn', 'new');
  await hook.delete('gate');
  expect([hook.get('horn'), hook.has('gate'), hook.keys()]).toEqual(['new', false, ['horn']]);
  expect([bag.get('horn'), bag.keys()]).toEqual([undefined, ['gate']]);
  await assign(staged);
  expect(bag.keys()).toEqual(['horn']);
  await hook.set('horn', 'newer');
  expect(bag.get('horn')).toBe('newer');
});

test.each([
  ['set', 'set'],
  ['set', 'delete'],
  ['delete', 'set'],
] as const)('of a staged %s and a later %s of others, the later one holds', async (first, then) => {
  const { bag, staged, hook } = open();
  await bag.set('switch', 'before');
  await (first === 'set' ? hook.set('switch', 'on') : hook.delete('switch'));
  await (then === 'set' ? bag.set('switch', 'off') : bag.delete('switch'));
  const left = then === 'set' ? 'off' : undefined;
  expect(hook.get('switch')).toBe(left);
  await assign(staged);
  expect(bag.get('switch')).toBe(left);
});

test('a staged write that is later than those of others holds', async () => {
  const { bag, staged, hook } = open();
  await bag.set('switch', 'off');
  await hook.set('switch', 'on');
  await assign(staged);
  expect(bag.get('switch')).toBe('on');
});

test.each(['get', 'has'] as const)(
  'a value that a hook wrote after %s, and others since, is a conflict, an equal one too',
  async (reads) => {
    for (const write of [
      (bag: HostBag) => bag.set('orders', 1),
      (bag: HostBag) => bag.delete('orders'),
      (bag: HostBag) => bag.update('orders', () => 1),
    ]) {
      const { bag, staged, hook } = open();
      await bag.set('orders', 1);
      hook[reads]('orders');
      await hook.set('orders', 2);
      await write(bag);
      const conflict = { code: 'BAG_CONFLICT', plugin: 'guardian', key: 'orders' };
      for (const when of ['handOver', 'assignment'] as const)
        expect(() => staged.refuseConflicts(when)).toThrow(
          expect.objectContaining({
            ...conflict,
            message: expect.stringContaining('dataBag.update(key, change)'),
          }),
        );
    }
  },
);

test('a read by one plugin says nothing of the writes of another', async () => {
  const { bag, staged, hook } = open();
  staged.seenBy('herald').get('orders');
  await hook.set('orders', 2);
  await bag.set('orders', 3);
  await assign(staged);
  expect(bag.get('orders')).toBe(3);
});

test('an update that is out of date is done again, over what others have written', async () => {
  const { bag, staged, hook } = open();
  await bag.set('count', 1);
  expect(await hook.update('count', (count) => (count as number) + 10)).toBe(11);
  expect(await hook.update('count', (count) => (count as number) * 2)).toBe(22);
  await bag.set('count', 2);
  expect(hook.get('count')).toBe(22);
  await assign(staged);
  expect(bag.get('count')).toBe(24);
});

test('the last time, others wait; when it takes too long even so, it is a conflict', async () => {
  const { bag, staged, hook } = open();
  let runs = 0;
  let late: Promise<void> | undefined;
  await hook.update('count', async (count = 0) => {
    runs++;
    // Another write comes during each run.
    late = bag.set('count', runs * 100);
    return (count as number) + 1;
  });
  await assign(staged);
  expect(runs).toBe(4);
  expect(bag.get('count')).toBe(301);
  await late;
  expect(bag.get('count')).toBe(400);

  const slow = open();
  await slow.hook.update('count', async () => {
    // In the last run, this write is held back, but not for ever.
    await slow.bag.set('count', 0);
    return 1;
  });
  await expect(assign(slow.staged)).rejects.toMatchObject({
    code: 'BAG_CONFLICT',
    key: 'count',
    message: expect.stringContaining('could not update count'),
  });
});

test('updates from everywhere lose nothing, and nobody waits for one that is slow', async () => {
  const bag = new HostBag(new AbortController().signal);
  const gate = deferred();
  const slow = bag.update('count', async (count = 0) => {
    await gate.promise;
    return (count as number) + 1;
  });
  await Promise.all(
    Array.from({ length: 50 }, () => bag.update('count', (count = 0) => (count as number) + 1)),
  );
  expect(bag.get('count')).toBe(50);
  gate.resolve();
  expect(await slow).toBe(51);
  expect(await bag.update('count', () => undefined)).toBeUndefined();
  expect(bag.has('count')).toBe(false);
});

test('an update that throws changes nothing', async () => {
  const { bag, hook } = open();
  await bag.set('count', 1);
  const failing = (): never => {
    throw new Error('no');
  };
  await expect(bag.update('count', failing)).rejects.toThrow('no');
  await expect(hook.update('count', failing)).rejects.toThrow('no');
  await expect(bag.update('count', () => () => 1)).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
  expect([bag.get('count'), hook.get('count')]).toEqual([1, 1]);
});

test('in any order of writes, the bag ends with the later of two, key by key', async () => {
  const write = fc.record({
    by: fc.constantFrom('hook', 'other'),
    key: fc.constantFrom('a', 'b'),
    value: fc.option(fc.nat({ max: 9 })),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 12 }), async (writes) => {
      const { bag, staged, hook } = open();
      // A view that reads and then writes may be refused, so another one reads.
      const onlooker = staged.seenBy('herald');
      const model = new Map<string, number>();
      for (const { by, key, value } of writes) {
        const view = by === 'hook' ? hook : bag;
        if (value === null) await view.delete(key);
        else await view.set(key, value);
        if (value === null) model.delete(key);
        else model.set(key, value);
        expect(new Map(onlooker.keys().map((one) => [one, onlooker.get(one)]))).toEqual(model);
      }
      await assign(staged);
      expect(new Map(bag.keys().map((one) => [one, bag.get(one)]))).toEqual(model);
    }),
    { numRuns: 200 },
  );
});
