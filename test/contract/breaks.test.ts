import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breaksBetween } from '../../lib/contract/breaks.js';
import type { FunctionShape } from '../../lib/manifest/shape.js';
import type { Manifest } from '../../lib/manifest/manifest.js';

const taking = fc.constantFrom('string' as const, 'number' as const).map((shape): FunctionShape => ({
  kind: 'function',
  calls: [{ parameters: [{ name: 'given', shape }], result: 'void' }],
}));
const at = { file: 'index.ts', line: 1 };

/** Generates plugins whose names, and those of what they have, are often the same. */
const plugin: fc.Arbitrary<Manifest> = fc
  .record({
    name: fc.constantFrom('Gate', 'gate', 'armory', 'guardian'),
    live: fc.dictionary(fc.constantFrom('live_open', 'live_shut'), taking),
    exports: fc.dictionary(fc.constantFrom('open', 'shut'), taking),
    types: fc.dictionary(fc.constantFrom('Key', 'Lock'), fc.boolean()),
  })
  .map(({ name, live, exports, types }) => ({
    format: 2,
    name,
    rules: 0,
    bodyHash: '',
    liveFunctions: Object.entries(live).map(([one, shape]) => ({
      name: one,
      ...at,
      signature: '(given) => void',
      idempotent: false,
      shape,
    })),
    liveTypes: Object.entries(types).map(([one, handles]) => ({
      name: one,
      ...at,
      fields: [],
      fingerprint: '00000000',
      handles,
    })),
    imports: [],
    exports: Object.entries(exports).map(([one, shape]) => ({ name: one, shape })),
  }));

test('plugins that go on as they are are compared as if they had been built anew', () => {
  let found = 0;
  const agrees = fc.property(
    fc.array(plugin, { maxLength: 3 }),
    fc.array(fc.tuple(plugin, fc.nat(5)), { maxLength: 3 }),
    (before, changes) => {
      const after = changes.map(([changed, carried]) => before[carried] ?? changed);
      const breaks = breaksBetween(before, after);
      expect(breaks).toEqual(breaksBetween(before, structuredClone(after)));
      if (breaks.length > 0) found += 1;
    },
  );
  fc.assert(agrees, { numRuns: 500 });
  expect(found).toBeGreaterThan(100);
});
