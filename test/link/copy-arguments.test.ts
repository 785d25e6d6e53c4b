import { expect, test } from 'vitest';
import { copyArguments } from '../../lib/link/copy-arguments.js';

test('data is copied, and what has an identity stays what it is', () => {
  const order = { count: 1, at: new URL('http://gate/north') };
  const back = (): void => {};
  const stream = new ReadableStream();
  const { signal } = new AbortController();
  const args = [order, back, stream, { deep: [signal, order] }] as const;
  const [copy, ...others] = copyArguments(args, []) as typeof args;
  order.count = 2;
  order.at.pathname = '/south';
  expect(copy.count).toBe(1);
  expect(copy.at.href).toBe('http://gate/north');
  expect(others[0]).toBe(back);
  expect(others[1]).toBe(stream);
  expect(others[2].deep[0]).toBe(signal);
  expect(others[2].deep[1]).toBe(copy);
});

test('transferred values are not copied', () => {
  const moved = new Uint8Array([1, 2, 3]);
  const [one] = copyArguments([{ moved, other: [1] }], [moved.buffer]) as [{ moved: Uint8Array }];
  expect(one.moved).toBe(moved);
});

test('primitives are taken as they are', () => {
  const args = ['a', 1, null, undefined];
  expect(copyArguments(args, [])).toBe(args);
});

test('the error names the value that cannot cross', () => {
  expect(() => copyArguments([{ done: () => {} }], [])).toThrow(
    expect.objectContaining({ code: 'NOT_CLONEABLE', path: 'arguments[0].done' }),
  );
  const hostile = new Proxy({}, { getPrototypeOf: () => expect.fail('looked at') });
  expect(() => copyArguments([hostile], [])).toThrow(expect.objectContaining({ code: 'NOT_CLONEABLE' }));
});

test('an error that waits is an error', () => {
  const [error] = copyArguments([Object.assign(new RangeError('far'), { code: 'E_FAR' })], []) as [Error];
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({ message: 'far', code: 'E_FAR' });
});
