import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isAssignable } from '../../lib/contract/assignable.js';
import { readShapes } from '../helpers/read-shapes.js';

const declared = `
  declare const brand: unique symbol;
  declare const seal: unique symbol;
  interface Gate { name: string; open?: boolean }
  interface Gatehouse extends Gate { guards: number }
  interface Tree { value: string; kids: Tree[] }
  interface Twig { value: string; kids: Twig[]; leaf?: boolean }
  interface Thorn { value: string; kids: Thorn[]; sharp: boolean }
  interface Chain { next?: Chain }
  type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
  type Answer<K> = K extends 'a' ? { a: 1 } : number;
  enum Rank { Page = 'page', Knight = 'knight' }
  enum Grade { Low, High }
  class Sword { constructor(readonly length: number) {} swing() { return this.length; } }
  class Vault { private key = 1; door = ''; }
  class Chest { private key = 1; door = ''; }
  class Strongbox extends Vault { lid = ''; }
  class Purse { #coins = 1; door = ''; count() { return this.#coins; } }
  class Pouch { #coins = 1; door = ''; count() { return this.#coins; } }
  namespace Old { export class Vault { private key = 1; door = ''; } }
`;

/** The old type, the new type, and whether the change is safe for a parameter and for a result. */
type Change = readonly [was: string, is: string, asParameter: boolean, asResult: boolean];

const changes: readonly Change[] = [
  // Words and values.
  ['string', 'string', true, true],
  ['string', 'number', false, false],
  ['string', 'string | number', true, false],
  ['string | number', 'string', false, true],
  ['string', '"open"', false, true],
  ['"open" | "shut"', '"open" | "shut" | "ajar"', true, false],
  ['1 | 2', 'number', true, false],
  ['1n', 'bigint', true, false],
  ['1', '1n', false, false],
  ['boolean', 'true', false, true],
  ['boolean', 'true | false', true, true],
  ['true | "x"', 'boolean | "x"', true, false],
  ['string', 'string | undefined', true, false],
  ['string', 'string | null', true, false],
  ['undefined', 'void', true, false],
  ['void', 'undefined', false, true],
  ['string', 'unknown', true, false],
  ['string', 'any', true, true],
  ['any', 'string', true, true],
  ['unknown', 'any', true, true],
  ['never', 'string', true, false],
  ['string', 'never', false, true],
  ['any', 'never', false, true],
  ['symbol', 'string', false, false],
  ['`gate-${string}`', 'string', true, false],
  ['`gate-${string}`', '`gate-${string}`', true, true],
  ['`gate-${string}`', '`door-${string}`', false, false],
  ['string', '{}', true, false],
  ['null', '{}', false, false],
  ['string', 'object', false, false],
  ['string[]', 'object', true, false],
  // Enums and brands.
  ['Rank', 'string', true, false],
  ['Rank', '"page" | "knight"', false, false],
  ['Grade', 'number', true, false],
  ['Rank.Page', 'Rank', true, false],
  ['string & { [brand]: "Id" }', 'string', true, false],
  ['string & { [brand]: "Id" }', 'string & { [brand]: "Id" }', true, true],
  ['string & { [brand]: "Id" }', 'string & { [brand]: "Key" }', false, false],
  ['string & { [brand]: "Id" }', 'string & { [seal]: "Id" }', false, false],
  // Objects.
  ['{ name: string }', '{ name: string; open?: boolean }', true, true],
  ['{ name: string }', '{ name: string; open: boolean }', false, true],
  ['{ name: string }', '{ name?: string }', true, false],
  ['{ name: string }', '{ title: string }', false, false],
  ['{ name: string }', '{ readonly name: string }', true, true],
  ['{ name: string }', '{ name: string | null }', true, false],
  ['{ name?: string }', '{ name: string | undefined }', false, true],
  ['{ name: string }', 'Gate', true, true],
  ['Gate', 'Gatehouse', false, true],
  ['{ name: string }', 'Record<string, string>', true, false],
  ['Gate', 'Record<string, unknown>', false, false],
  ['{ a: 1; b: 2 }', 'Record<"a" | "b", number>', true, false],
  ['Record<string, 1>', 'Record<string, number>', true, false],
  ['Record<number, string>', 'Record<string, string>', true, true],
  ['Record<number, string>', 'Record<string, number>', false, false],
  ['Record<string, string>', 'Record<number, number>', false, false],
  ['{ a?: 1 }', '{ b?: 1 }', false, false],
  ['{ a: 1 }', '{ b?: 1 }', false, false],
  ['{}', '{ b?: 1 }', true, true],
  ['{ a: 1 } & { b: 2 }', '{ a: 1; b: 2 }', true, true],
  ['Partial<Gatehouse>', 'Gatehouse', false, true],
  ['Pick<Gatehouse, "name">', 'Omit<Gatehouse, "guards" | "open">', true, true],
  ['{ kind: "a"; a: 1 } | { kind: "b"; b: 1 }', '{ kind: "a"; a: 1 }', false, true],
  ['Sword', '{ length: number }', true, false],
  // Types that lead back to themselves.
  ['Tree', 'Tree', true, true],
  ['Tree', 'Twig', true, true],
  ['Tree', 'Thorn', false, true],
  ['Chain', '{ next?: { next?: Chain } }', true, true],
  ['Json', 'Json', true, true],
  ['Json', 'string', false, true],
  // Types that only one class, or one symbol, has.
  ['Vault', 'Vault', true, true],
  ['Vault', 'Chest', false, false],
  ['Vault', 'Old.Vault', false, false],
  ['Vault', 'Strongbox', false, true],
  ['Vault', '{ door: string }', true, false],
  ['Purse', 'Pouch', false, false],
  ['{ door: string; count(): number }', 'Purse', false, true],
  ['typeof brand', 'symbol', true, false],
  ['typeof brand', 'typeof seal', false, false],
  // Intersections.
  ['{ a: "1" } & { a?: 2 }', '{ b: 1 }', true, false],
  ['Gate & { guards: 1 }', 'Record<string, unknown>', false, false],
  ['1[] & 2[]', 'Record<string, unknown>', false, false],
  ['Promise<1> & Record<number, 1>', '{ a?: 1 }', false, false],
  ['{ a: 1 } & Promise<1>', '{ a?: 1 }', true, false],
  // Lists.
  ['string[]', 'readonly string[]', true, false],
  ['string[]', '(string | number)[]', true, false],
  ['string[]', '[string]', false, true],
  ['[string, number]', '[string, number?]', true, false],
  ['[string, number]', '[string]', false, false],
  ['[string]', '[string, ...number[]]', true, false],
  ['[string, number]', '(string | number)[]', true, false],
  ['[string, ...number[], boolean]', '[string, ...number[], boolean]', true, true],
  ['[a: string]', '[b: string]', true, true],
  // Types of the platform.
  ['Date', 'Date', true, true],
  ['Date', 'string', false, false],
  ['Map<string, 1>', 'Map<string, number>', true, false],
  ['Map<string, number>', 'ReadonlyMap<string, number>', true, false],
  ['Set<string>', 'Set<string | number>', true, false],
  ['Buffer', 'Uint8Array', true, false],
  ['URL', 'Date', false, false],
  ['Promise<1>', 'Promise<number>', true, false],
  // Functions, where they may cross.
  ['(value: string) => void', '(value: string | number) => void', false, true],
  ['(value: string) => void', '() => void', false, true],
  ['() => string', '() => void', true, false],
  ['(a: string) => void', '(a: string, b?: number) => void', true, true],
  ['(a: string) => void', '(a: string, b: number) => void', true, false],
  ['(...all: string[]) => void', '(one: string) => void', true, false],
  ['(one: string) => void', '(...all: string[]) => void', false, true],
  ['(value: unknown) => value is string', '(value: unknown) => boolean', true, false],
  ['(value: unknown) => value is string', '(value: any) => any', true, false],
  ['(value: unknown) => value is string', '(value: unknown) => value is number', false, false],
  ['(value: unknown) => asserts value is string', '(value: unknown) => void', true, false],
  ['<T>(value: T) => T', '<T>(given: T) => T', true, true],
  ['<T>(value: T) => T', '<T extends string>(value: T) => T', false, false],
  ['<K>(key: K) => Answer<K>', '<K>(key: K) => Answer<K>', true, true],
  ['<K>(key: K) => Answer<K>', '<K>(key: K) => K extends "a" ? { a: 2 } : number', false, false],
];

const texts = [...new Set(changes.flatMap(([was, is]) => [was, is]))];
const { types, checker } = readShapes(
  `${declared}${texts.map((text, index) => `type Is${index} = ${text};`).join('\n')}`,
);

const typeOf = (text: string) => types.get(String(texts.indexOf(text)))!;

describe('a change of a type', () => {
  it.each(changes)(
    'from %s to %s: safe as a parameter %s, as a result %s',
    (was, is, asParameter, asResult) => {
      const [before, after] = [typeOf(was), typeOf(is)];
      expect([isAssignable(before, after), isAssignable(after, before)]).toEqual([asParameter, asResult]);
      // The comparison must never be laxer than the checker.
      if (asParameter) expect(checker.isTypeAssignableTo(before.type, after.type)).toBe(true);
      if (asResult) expect(checker.isTypeAssignableTo(after.type, before.type)).toBe(true);
    },
  );
});

const leaves = [
  'string',
  'number',
  'boolean',
  'null',
  'undefined',
  'void',
  'unknown',
  'any',
  'never',
  'object',
  '{}',
  '"a"',
  '"b"',
  '1',
  'true',
  '1n',
  'bigint',
  'Date',
  'Gate',
  'Gatehouse',
  'Tree',
  'Twig',
  'Rank',
  'Rank.Page',
  'Grade',
  'Json',
  '`a-${string}`',
  'string & { [brand]: 1 }',
  'Chain',
  'Sword',
  'Uint8Array',
  'Vault',
  'Chest',
  'Strongbox',
  'Purse',
  'typeof brand',
  'symbol',
  'undefined | null',
  '{ a?: 1 }',
  '{ a: "1" }',
  '(value: unknown) => value is string',
  '<T>(value: T) => T',
  'new () => Gate',
];

/** Generates types as TypeScript, from the parts that a signature may hold. */
const { type: anyType } = fc.letrec<{ type: string; leaf: string }>((tie) => ({
  leaf: fc.constantFrom(...leaves),
  type: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    tie('leaf'),
    fc.tuple(tie('type'), tie('type')).map(([left, right]) => `(${left}) | (${right})`),
    fc.tuple(tie('type'), fc.constantFrom('', 'readonly ')).map(([of, readonly]) => `${readonly}(${of})[]`),
    fc
      .tuple(tie('type'), tie('type'), fc.constantFrom('', '?'))
      .map(([a, b, mark]) => `{ a: ${a}; b${mark}: ${b} }`),
    fc.tuple(tie('type'), fc.constantFrom('', '?')).map(([a, mark]) => `{ a${mark}: ${a} }`),
    tie('type').map((of) => `Record<string, ${of}>`),
    fc
      .tuple(tie('type'), tie('type'), fc.constantFrom('', '?'))
      .map(([a, b, mark]) => `[${a}, (${b})${mark}]`),
    fc.tuple(tie('type'), tie('type')).map(([a, b]) => `[${a}, ...(${b})[]]`),
    fc.tuple(tie('type'), tie('type')).map(([key, of]) => `Map<${key}, ${of}>`),
    tie('type').map((of) => `Set<${of}>`),
    fc
      .tuple(tie('type'), tie('type'), fc.constantFrom('', '?'))
      .map(([taken, given, mark]) => `((value${mark}: ${taken}) => ${given})`),
    fc.tuple(tie('type'), tie('type')).map(([taken, given]) => `((...all: (${taken})[]) => ${given})`),
    fc.tuple(tie('type'), tie('type')).map(([a, b]) => `({ a: ${a} } & { b: ${b} })`),
    fc.tuple(tie('type'), tie('type')).map(([a, b]) => `((${a}) & (${b}))`),
    fc.tuple(tie('type'), tie('type')).map(([a, b]) => `Exclude<${a}, ${b}>`),
  ),
}));

/** Generates a type, and others that differ from it in one place: most changes of releases are that small. */
const nearTypes = fc
  .tuple(anyType, fc.array(fc.tuple(fc.nat(), fc.constantFrom(...leaves)), { minLength: 2, maxLength: 2 }))
  .map(([type, edits]) => {
    const places = leaves.filter((leaf) => type.includes(leaf));
    const edited = edits.map(([at, leaf]) => {
      const place = places[at % places.length];
      return place === undefined ? type : type.replace(place, () => `(${leaf})`);
    });
    return [type, ...edited];
  });

test('the comparison never says yes where the checker says no', () => {
  // One program has many types. Each is compared with each, as one build has read it and as another has.
  const samples = fc.sample(nearTypes, { numRuns: 60, seed: Number(process.env['SEED'] ?? 20) }).flat();
  const source = `${declared}${samples.map((text, index) => `type Is${index} = ${text};`).join('\n')}`;
  const read = readShapes(source);
  const again = [...readShapes(source).types.values()];
  const all = [...read.types.values()];
  const laxer: string[] = [];
  let agreed = 0;
  for (const [from, source] of all.entries()) {
    for (const [to, target] of all.entries()) {
      if (!isAssignable(source, again[to]!)) continue;
      if (read.checker.isTypeAssignableTo(source.type, target.type)) agreed++;
      else laxer.push(`${samples[from]}  to  ${samples[to]}`);
    }
  }
  expect(laxer).toEqual([]);
  expect(agreed).toBeGreaterThan(500);
});

/** Returns an enum of `members` members that counts how often one is looked at, and the count. */
function countedEnum(members: number) {
  const count = { looks: 0 };
  const literals = Array.from({ length: members }, (_, index) => ({
    kind: 'literal' as const,
    enum: 'Rank',
    get value() {
      count.looks += 1;
      return `rank-${index}`;
    },
  }));
  return { count, typed: { shape: { kind: 'union' as const, members: literals }, types: {} } };
}

test('two enums of thousands of members are compared without a look at each pair', () => {
  const [was, is] = [countedEnum(3_000), countedEnum(3_001)];
  expect(isAssignable(was.typed, is.typed)).toBe(true);
  expect(isAssignable(is.typed, was.typed)).toBe(false);
  expect(was.count.looks + is.count.looks).toBeLessThan(10 * 6_001);
});

test('two objects of thousands of fields are compared without a look at each pair', () => {
  let looks = 0;
  const fields = Array.from({ length: 3_000 }, (_, index) => ({
    shape: 'string' as const,
    get name() {
      looks += 1;
      return `field-${index}`;
    },
  }));
  const typed = { shape: { kind: 'object' as const, fields }, types: {} };
  expect(isAssignable(typed, { ...typed, shape: { ...typed.shape } })).toBe(true);
  expect(looks).toBeLessThan(10 * 3_000);
});
