import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flatten, formOf, formOfPrimitives, isForm, rebuild } from '../../lib/link/form.js';

/** Takes a value apart and makes it again. Returns `undefined` if the value has no form. */
function through(value: unknown, form = formOf(value)): { readonly copy: unknown } | undefined {
  const primitives: unknown[] = [];
  if (form === undefined || !flatten(value, form, primitives)) return undefined;
  let at = 0;
  const copy = rebuild(form, () => primitives[at++]);
  expect(at).toBe(primitives.length);
  return { copy };
}

const primitive = fc.oneof(
  fc.string(),
  fc.double(),
  fc.bigInt(),
  fc.constantFrom(undefined, null, true, NaN, -0),
);
const { plain } = fc.letrec<{ plain: unknown }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 3 },
    primitive,
    fc.array(tie('plain'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('plain'), { maxKeys: 4 }),
  ),
}));

test('a value that has a form is what structured clone makes of it', () => {
  let taken = 0;
  fc.assert(
    fc.property(plain, (value) => {
      const made = through(value);
      if (!made) return;
      taken++;
      expect(made.copy).toStrictEqual(structuredClone(value));
    }),
    { numRuns: 500 },
  );
  expect(taken).toBeGreaterThan(100);
});

test('a value is flattened by the form of another only if it has the same', () => {
  fc.assert(
    fc.property(plain, plain, (one, other) => {
      const made = through(one, formOf(other));
      if (made) expect(made.copy).toStrictEqual(structuredClone(one));
    }),
    { numRuns: 500 },
  );
});

test('every form is one for the side where it arrives', () => {
  fc.assert(
    fc.property(plain, (value) => {
      const form = formOf(value);
      if (form !== undefined) expect(isForm(structuredClone(form))).toBe(true);
    }),
  );
});

const twice = { n: 1 };

test.each<[string, unknown]>([
  ['a function', () => {}],
  ['a symbol', Symbol('oath')],
  ['a proxy', new Proxy({}, {})],
  ['an instance', new Date()],
  ['an object without a prototype', Object.create(null)],
  ['a list that is an instance', new (class extends Array {})()],
  ['a sparse list', Object.assign([], { 1: 1 })],
  ['a list with a property', Object.assign([1], { name: 'Ironkill' })],
  ['a key __proto__', JSON.parse('{"__proto__":1}')],
  ['an empty async iterable', { [Symbol.asyncIterator]: () => {} }],
  ['what occurs twice', [twice, twice]],
  ['many items', Array.from({ length: 9 })],
  ['many parts', Array.from({ length: 8 }, () => [1, 2, 3])],
])('%s has no form', (_what, value) => {
  expect(through(value)).toBeUndefined();
  expect(through([value])).toBeUndefined();
});

test.each<[string, unknown, unknown]>([
  ['fewer properties', { a: 1 }, { a: 1, b: 2 }],
  ['more properties', { a: 1, b: 2 }, { a: 1 }],
  ['others', { b: 1 }, { a: 1 }],
  ['another order of them', { b: 1, a: 2 }, { a: 1, b: 2 }],
  ['a hole', Object.assign([], { 1: 1 }), [undefined, 1]],
  ['a property besides its items', Object.assign([1], { name: 'Ironkill' }), [1]],
  ['a hole and such a property', Object.assign([], { 1: 1, name: 'Ironkill' }), [undefined, 1]],
  ['one object twice', [twice, twice], [{ n: 1 }, { n: 1 }]],
  ['an object in place of a list', { 0: 1 }, [1]],
  ['a list in place of an object', [1], { 0: 1 }],
  ['an instance of the same fields', Object.assign(Object.create({}), { a: 1 }), { a: 1 }],
  ['a symbol', { a: Symbol('oath') }, { a: 1 }],
  ['a proxy of it', new Proxy({ a: 1 }, {}), { a: 1 }],
])('a value with %s does not have the form of the other', (_what, value, other) => {
  expect(through(value, formOf(other))).toBeUndefined();
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['another number', 1],
  ['no parts', {}],
  ['parts that are no list', { parts: { length: 1 } }],
  ['a hole', { parts: Object.assign([], { 1: 0 }) }],
  ['fewer keys than parts', { keys: ['a'], parts: [0, 0] }],
  ['a key that is no text', { keys: [1], parts: [0] }],
  ['a key that sets the prototype', { keys: ['__proto__'], parts: [0] }],
  ['more items than are taken', { parts: Array.from({ length: 9 }).fill(0) }],
  [
    'more parts than are taken',
    { parts: Array.from({ length: 8 }, () => ({ parts: Array.from({ length: 8 }).fill(0) })) },
  ],
])('%s is no form', (_what, value) => {
  expect(isForm(value)).toBe(false);
});

test('a list has the form of primitives exactly if all of it is primitive', () => {
  fc.assert(
    fc.property(fc.array(plain, { maxLength: 10 }), (list) => {
      const isPrimitive = (value: unknown): boolean => typeof value !== 'object' || value === null;
      expect(formOfPrimitives(list)).toEqual(list.every(isPrimitive) ? formOf(list) : undefined);
    }),
    { numRuns: 500 },
  );
  for (const part of [Symbol('gate'), () => {}, {}]) expect(formOfPrimitives([part])).toBeUndefined();
});
