import { describe, expect, test } from 'vitest';
import { encodeText, giveAway, pack, packText, unpack } from '../../lib/sockets/bytes.js';

const long = 20_000;

describe('a text on its way', () => {
  test.each([
    ['short ASCII', 'hodor'],
    ['short, beyond ASCII', 'Dracarys 🔥'],
    ['long ASCII', 'x'.repeat(long)],
    ['long, beyond ASCII at its end', `${'x'.repeat(long)}é`],
    ['long, of two units a character', '🔥'.repeat(long)],
    ['long, with half of a character', `${'x'.repeat(long)}\ud83d`],
  ])('arrives as UTF-8: %s', (_, text) => {
    const expected = Buffer.from(text);
    expect(encodeText(text).equals(expected)).toBe(true);
    expect(unpack(packText(text, 'utf8', [])).equals(expected)).toBe(true);
    const transfer: ArrayBuffer[] = [];
    const used = packText(text, 'utf8', transfer, (length) =>
      Buffer.alloc(2 * length, 'old').subarray(0, length),
    );
    expect(unpack(used).equals(expected)).toBe(true);
    expect(transfer).toEqual(typeof used === 'string' ? [] : [used.buffer]);
  });
});

describe('bytes on their way', () => {
  test('are copied when their owner may still use them', () => {
    const bytes = Buffer.allocUnsafeSlow(long);
    const transfer: ArrayBuffer[] = [];
    pack(bytes, transfer, false);
    expect(transfer).toHaveLength(1);
    expect(transfer[0]).not.toBe(bytes.buffer);
  });

  test('are moved when they were given away', () => {
    const bytes = giveAway(Buffer.allocUnsafeSlow(long));
    const transfer: ArrayBuffer[] = [];
    pack(bytes, transfer, false);
    expect(transfer).toEqual([bytes.buffer]);
  });

  test('do not take a pool along', () => {
    const bytes = giveAway(Buffer.from(new ArrayBuffer(2 * long), 0, long));
    const transfer: ArrayBuffer[] = [];
    pack(bytes, transfer, true);
    expect(transfer[0]?.byteLength).toBe(long);
  });
});
