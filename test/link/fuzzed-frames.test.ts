import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Op } from '../../lib/link/protocol.js';
import { linkPair } from '../helpers/link-pair.js';

const odd = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
  fc.constantFrom({ length: 1e15 }, Array(4e9), NaN, -1, '__proto__', 2 ** 53),
);
const kinds = [
  'function',
  'iterable',
  'readable',
  'writable',
  'transform',
  'signal',
  'aborted',
  'error',
  'url',
  'headers',
  'formData',
  'request',
  'response',
  'file',
];
const placeholder = fc.record(
  { kind: fc.oneof(fc.constantFrom(...kinds), odd), channel: odd, error: odd, entries: odd, headers: odd },
  { requiredKeys: [] },
);
const form = fc.oneof(
  fc.constant(0),
  fc.record(
    { keys: fc.oneof(fc.array(fc.string()), odd), parts: fc.oneof(fc.array(fc.constant(0)), odd) },
    { requiredKeys: [] },
  ),
  odd,
);
const frame = fc.oneof(
  odd,
  fc.array(odd, { maxLength: 7 }),
  fc.tuple(
    fc.constantFrom(...Object.values(Op)),
    fc.oneof(fc.integer({ min: 0, max: 9 }), odd),
    odd,
    odd,
    odd,
    odd,
  ),
  fc.tuple(
    fc.constant(Op.placedCall),
    fc.nat(9),
    fc.constant(0),
    fc.constant('salute'),
    fc.array(odd),
    fc.array(placeholder),
  ),
  fc.tuple(
    fc.constant(Op.batch),
    fc.oneof(fc.constant([0, 'salute']), odd),
    fc.oneof(fc.array(form), odd),
    fc.oneof(fc.array(fc.oneof(fc.integer({ min: -1, max: 9 }), odd)), odd),
  ),
  fc.tuple(fc.constant(Op.placedResult), fc.nat(9), odd, fc.array(placeholder)),
  fc.tuple(
    fc.constant(Op.channel),
    fc.nat(9),
    fc.record({
      id: odd,
      type: fc.constantFrom('APPLY', 'RAW', 'RELEASE'),
      path: odd,
      argumentList: odd,
      value: odd,
    }),
  ),
);

test('both ends live on and answer after any frames', async () => {
  const { nearPort, farPort, call } = linkPair(
    { salute: (name: string) => `Hail ${name}` },
    { surface: { gate: () => 'open' } },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 5 }), async (frames) => {
      for (const one of frames) {
        for (const port of [nearPort, farPort]) {
          try {
            port.postMessage(one, []);
          } catch {
            // A frame that cannot be cloned cannot be sent.
          }
        }
      }
      const answer = await call('salute', 'Ironkill').catch((error: unknown) => error);
      // A forged answer may have reached the call that it names first.
      if (answer !== 'Hail Ironkill')
        expect(await call('salute', 'Ironkill').catch((error: unknown) => error)).toBeDefined();
    }),
    { numRuns: 150 },
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
