import { afterEach, expect, test, vi } from 'vitest';
import { isInstanceOf } from '../../lib/core/lazy-classes.js';

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['ReadableStream', () => new ReadableStream()],
  ['WritableStream', () => new WritableStream()],
  ['TransformStream', () => new TransformStream()],
] as const)(
  'a %s of the platform is one also where a polyfill has replaced the global class',
  (name, create) => {
    const stream = create();
    vi.stubGlobal(name, EventTarget);
    expect(isInstanceOf(stream, name)).toBe(true);
  },
);

test('a File of the platform is one also where a polyfill has replaced the global class', () => {
  const file = new File(['ruby'], 'hoard.txt');
  vi.stubGlobal('File', EventTarget);
  expect(isInstanceOf(file, 'File')).toBe(true);
});

test('an object that only has the tag of such a class is none', () => {
  class Pretender {
    get [Symbol.toStringTag](): string {
      return 'ReadableStream';
    }
  }
  expect(isInstanceOf(new Pretender(), 'ReadableStream')).toBe(false);
});
