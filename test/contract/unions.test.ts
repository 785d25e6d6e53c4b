import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAssignable } from '../../lib/contract/assignable.js';
import type { Typed } from '../../lib/contract/typed.js';
import type { FieldShape, Shape, ShapeTable } from '../../lib/manifest/shape.js';

const literal = fc.oneof(
  fc.constantFrom('page', 'knight', 1, true).map((value): Shape => ({ kind: 'literal', value })),
  fc.constantFrom<Shape>(
    { kind: 'literal', value: '1', bigint: true },
    { kind: 'literal', value: 'page', enum: 'Rank' },
  ),
);
const value: fc.Arbitrary<Shape> = fc.oneof(
  { arbitrary: literal, weight: 4 },
  fc.constantFrom<Shape>('string', 'any', 'never', 'undefined'),
  fc.tuple(literal, literal).map((members): Shape => ({ kind: 'union', members })),
);

/** Generates a message: its fields, the first of which often tell it from others. */
const message: fc.Arbitrary<Shape> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('kind', 'rank', 'text'),
      shape: value,
      traits: fc.constantFrom({}, {}, {}, { optional: true as const }, { hidden: true as const }),
    }),
    { selector: ({ name }) => name, maxLength: 3 },
  )
  .map((fields) => ({
    kind: 'object',
    fields: fields.map(({ traits, ...field }): FieldShape => ({ ...field, ...traits })),
  }));
const member: fc.Arbitrary<Shape> = fc.oneof(
  { arbitrary: message, weight: 6 },
  literal,
  fc.tuple(message, message).map((members): Shape => ({ kind: 'intersection', members })),
);

/** Generates members of a union, inline and by the names of a table. */
const typed: fc.Arbitrary<readonly Typed[]> = fc
  .array(fc.tuple(member, fc.boolean()), { minLength: 1, maxLength: 6 })
  .map((members) => {
    const types: ShapeTable = Object.fromEntries(members.map(([shape], index) => [`Is${index}`, shape]));
    return members.map(([shape, isDeclared], index) => ({
      shape: isDeclared ? { kind: 'ref', name: `Is${index}` } : shape,
      types,
    }));
  });

function unionOf(members: readonly Typed[]): Typed {
  return { shape: { kind: 'union', members: members.map(({ shape }) => shape) }, types: members[0]!.types };
}

test('a union takes another one exactly if each member of that is taken by a member of its own', () => {
  let taken = 0;
  const agrees = fc.property(typed, typed, (given, wanted) => {
    const plain = given.every((one) => wanted.some((other) => isAssignable(one, other)));
    expect(isAssignable(unionOf(given), unionOf(wanted))).toBe(plain);
    if (plain) taken += 1;
  });
  fc.assert(agrees, { numRuns: 3_000 });
  expect(taken).toBeGreaterThan(100);
});

/** Returns a union of messages, declared or not, that counts how often the kind or the name of one is looked at, and the count. */
function countedMessages(count: number, isDeclared: boolean) {
  const seen = { looks: 0 };
  const look = (text: string): string => {
    seen.looks += 1;
    return text;
  };
  const message = (index: number): Shape => ({
    kind: 'object',
    fields: [
      { name: 'at', shape: 'number' },
      {
        name: 'kind',
        shape: {
          kind: 'literal',
          get value() {
            return look(`message-${index}`);
          },
        },
      },
      { name: 'version', shape: { kind: 'literal', value: 1 } },
    ],
  });
  const all = Array.from({ length: count }, (_, index) => message(index));
  const types = Object.fromEntries(all.map((shape, index) => [`Message${index}`, shape]));
  const refs = Object.keys(types).map((text): Shape => ({
    kind: 'ref',
    get name() {
      return look(text);
    },
  }));
  const members = isDeclared ? refs : all;
  return { seen, typed: { shape: { kind: 'union' as const, members }, types } };
}

test.each([
  ['', false],
  ['declared ', true],
])('two unions of a thousand %smessages are compared without a look at each pair', (_what, isDeclared) => {
  const [was, is] = [countedMessages(1_000, isDeclared), countedMessages(1_001, isDeclared)];
  expect(isAssignable(was.typed, is.typed)).toBe(true);
  expect(isAssignable(is.typed, was.typed)).toBe(false);
  expect(was.seen.looks + is.seen.looks).toBeLessThan(30 * 2_001);
});
