import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdMap } from '../../lib/core/id-map.js';
import { keptByYoungCollections } from '../helpers/young-garbage.js';

type Step = readonly [kind: 'set' | 'take' | 'clear', id: number];

/** Ids that follow each other, as those of calls do, and any that another side may send. */
const id = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeInteger());
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant('set' as const) },
    { weight: 6, arbitrary: fc.constant('take' as const) },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  ),
  id,
);

test('it has the entries that a Map would have, in the order of their ids', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: 'max' }), (steps) => {
      const map = new IdMap<{ readonly value: number }>();
      const model = new Map<number, { readonly value: number }>();
      for (const [at, [kind, key]] of steps.entries()) {
        if (kind === 'clear') {
          map.clear();
          model.clear();
        } else if (kind === 'set') {
          map.set(key, { value: at });
          model.set(key, { value: at });
        } else {
          expect(map.take(key)).toEqual(model.get(key));
          model.delete(key);
        }
        expect(map.get(key)).toEqual(model.get(key));
        expect(map.size).toBe(model.size);
      }
      const sorted = [...model].sort(([one], [other]) => one - other);
      expect(map.entries()).toEqual(sorted);
      expect(map.values()).toEqual(sorted.map(([, value]) => value));
      expect(map.some(({ value }) => value === steps.length - 1)).toBe(
        sorted.some(([, { value }]) => value === steps.length - 1),
      );
    }),
  );
});

test('an entry that stays is found however many come and go after it', () => {
  const map = new IdMap<object>();
  const [first, second] = [{}, {}];
  map.set(1, first);
  map.set(2, second);
  for (let next = 3; next < 100_000; next++) {
    map.set(next, {});
    if (next > 50) map.take(next - 40);
  }
  expect(map.take(1)).toBe(first);
  expect(map.get(2)).toBe(second);
  expect(map.size).toBe(49);
});

test('a collection of young objects frees what was removed, although the table is old', async () => {
  const setUp = `
    const { IdMap } = await load('core/id-map.js');
    const map = new IdMap();
    let id = 0;
    while (id < 256) map.set(++id, {});`;
  const step = `
    map.set(++id, { text: new Array(16).fill(id) });
    map.take(id - 256);`;
  // All that was removed takes 3.5 MB.
  expect(await keptByYoungCollections(setUp, step)).toBeLessThan(1_000_000);
});
