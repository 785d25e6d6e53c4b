import { afterEach, expect, test } from 'vitest';
import { kept } from '../../lib/plugin/kept.js';
import { keptRoots } from '../../lib/plugin/kept-roots.js';

class Room {
  seats = 0;
}

const named = new Set<string>();
/** Returns a name that no other state of this file has. */
function fresh(): string {
  const name = `state ${named.size}`;
  named.add(name);
  return name;
}

afterEach(() => expect([...keptRoots.roots.keys()].every((name) => named.has(name))).toBe(true));

test.each([
  ['a map', () => new Map()],
  ['a set', () => new Set()],
  ['an array', () => []],
  ['a plain object', () => ({})],
  ['an object without a prototype', () => Object.create(null) as object],
  ['an instance of a class', () => new Room()],
])('%s is kept, and is what create made', (_what, create) => {
  const name = fresh();
  const root = kept(name, create);
  expect(keptRoots.roots.get(name)?.root).toBe(root);
});

test.each([
  ['a number', () => 1, /create returned a number/],
  ['nothing', () => undefined, /create returned nothing/],
  ['a promise', async () => new Map(), /create returned a promise/],
  ['a function', () => () => {}, /create returned a function/],
  ['an instance of a class of the platform', () => new Date(), /instance of Date/],
  ['a proxy', () => new Proxy({}, {}), /create returned/],
])('%s is refused', (_what, create, says) => {
  const refused = expect.objectContaining({
    code: 'OPTION_INVALID',
    message: expect.stringMatching(says) as string,
  });
  expect(() => kept(fresh(), create as () => object)).toThrow(refused as Error);
});

test('a second state of one name is refused, and so are options that there are not, or that mean nothing', () => {
  const name = fresh();
  kept(name, () => new Map());
  const refused = (says: RegExp): Error =>
    expect.objectContaining({
      name: 'LiveswapError',
      code: 'OPTION_INVALID',
      message: expect.stringMatching(says) as string,
    }) as Error;
  expect(() => kept(name, () => new Map())).toThrow(refused(/another state is kept under that name/));
  expect(() => kept('', () => new Map())).toThrow(
    refused(/^Cannot keep a state: its name is empty; give it one/),
  );
  expect(() => kept(7 as never, () => new Map())).toThrow(
    refused(/^Cannot keep 7: its name is not a string/),
  );
  expect(() => kept(fresh(), 1 as never)).toThrow(refused(/create is a number/));
  expect(() => kept(fresh(), () => new Map(), { save: 1 } as never)).toThrow(refused(/no option save/));
  expect(() => kept(fresh(), () => new Map(), { saveMs: 0 })).toThrow(refused(/saveMs is 0/));
  expect(() => kept(fresh(), () => new Map(), { upcast: 1 as never })).toThrow(
    refused(/upcast is not a function/),
  );
  expect(() => kept(fresh(), () => new Map(), null as never)).toThrow(refused(/its options are null/));
  for (const none of ['no-class', Symbol('Room')])
    expect(() => kept.register(none as never, Room)).toThrow(refused(/package#Class/));
});
