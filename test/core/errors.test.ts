import { expect, test } from 'vitest';
import { isLiveswapError, LiveswapError, ownCopyOf, withoutPage } from '../../lib/core/errors.js';
import { decodeError, encodeError } from '../../lib/link/error-codec.js';
import { withPage } from '../helpers/with-page.js';

test.each([undefined, null, 7, Symbol('seven')])(
  'an error with the message %s is one all the same',
  (message) => {
    const error = new LiveswapError('CLOSED', message as unknown as string);
    expect(error).toMatchObject({
      code: 'CLOSED',
      message: expect.stringContaining(`${String(message)} (CLOSED: `),
    });
  },
);

test('a message ends with its code and the page about it, and so does the stack that is logged', () => {
  const error = new LiveswapError('QUEUE_FULL', 'Cannot call live_charge: 10 calls wait; raise maxQueued.');
  expect(error.message).toBe(
    withPage('QUEUE_FULL', 'Cannot call live_charge: 10 calls wait; raise maxQueued.'),
  );
  expect(error.message).toContain(error.page);
  expect(error.stack).toContain(error.message);
});

test('a message that quotes its cause names the page once, with both codes', () => {
  const cause = new LiveswapError('NOT_CLONEABLE', 'A symbol cannot cross');
  const error = new LiveswapError('HOOK_FAILED', `onLoad failed: ${cause.message}; mend it.`, { cause });
  const text = 'onLoad failed: A symbol cannot cross; mend it.';
  expect(error.message).toBe(`${text} (HOOK_FAILED, NOT_CLONEABLE: ${error.page})`);
  expect(withoutPage(error.message)).toBe(text);
  expect(ownCopyOf(error)).toMatchObject({ message: error.message });
});

test('a quoted sentence goes on without its full stop', () => {
  const page = (text: string): string => withoutPage(new LiveswapError('HOOK_FAILED', text).message);
  const { message } = new LiveswapError('NOT_CLONEABLE', 'A symbol cannot cross.');
  expect(page(`onLoad failed: ${message}; mend it.`)).toBe('onLoad failed: A symbol cannot cross; mend it.');
  expect(page(`onLoad failed: ${message}.`)).toBe('onLoad failed: A symbol cannot cross.');
  expect(page(`onLoad failed: ${message}`)).toBe('onLoad failed: A symbol cannot cross.');
  expect(page('onLoad failed: No sword..')).toBe('onLoad failed: No sword.');
  // These dots are no full stops.
  for (const text of ['Wait...', 'There is nothing in ..', 'There is nothing in ../..', 'No sword.. here'])
    expect(page(text)).toBe(text);
});

test('a list has the page on a line of its own', () => {
  const error = new LiveswapError('BUILD_FAILED', 'Cannot build herald:\n  call.ts:1:1 types: no');
  expect(error.message.split('\n').at(-1)).toBe(`(BUILD_FAILED: ${error.page})`);
});

test('a copy, and what another thread makes of an error, have its message', () => {
  const error = new LiveswapError('BUILD_FAILED', 'Cannot build herald:\n  call.ts:1:1 types: no');
  expect(ownCopyOf(error)).toMatchObject({ message: error.message });
  expect(decodeError(encodeError(error))).toMatchObject({ message: error.message });
});

test('a value that throws when it is asked is no error of the class', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const claiming = new Proxy(
    {},
    {
      has: () => true,
      get: () => {
        throw new Error('do not touch');
      },
    },
  );
  for (const value of [revoked.proxy, claiming]) expect(isLiveswapError(value, 'CLOSED')).toBe(false);
  expect(ownCopyOf(revoked.proxy)).toBe(revoked.proxy);
});

test('an error of another copy of the class is one; an instance of a subclass is only what was made by it', () => {
  class Late extends LiveswapError {}
  const own = new LiveswapError('QUEUE_FULL', 'Full.');
  expect(new Late('QUEUE_FULL', 'Full.')).toBeInstanceOf(Late);
  expect(new Late('QUEUE_FULL', 'Full.')).toBeInstanceOf(LiveswapError);
  expect(own).not.toBeInstanceOf(Late);
  const copy = Object.assign(new Error('Full.'), { [Symbol.for('liveswap.LiveswapError')]: true });
  expect(copy).toBeInstanceOf(LiveswapError);
  expect(new Error('Full.')).not.toBeInstanceOf(LiveswapError);
});
