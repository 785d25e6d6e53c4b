import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldCheck, KeptClassFacts } from '../../lib/kept/kept-classes.js';
import { KeptVersion } from '../helpers/kept-versions.js';

const fields = ['name', 'seats', 'owner', 'floor'] as const;
type Field = (typeof fields)[number];

/** A release: the fields of its class with their types, whether it converts, and the name of the class. */
interface Release {
  readonly types: Readonly<Partial<Record<Field, 'number' | 'string'>>>;
  readonly upcasts: boolean;
  readonly name: string;
}

type Row = Partial<Record<Field, number | string>>;

/** A change of the state, or of the code. */
type Step =
  | { readonly kind: 'write'; readonly room: number; readonly value: number }
  | { readonly kind: 'release'; readonly release: Release }
  | { readonly kind: 'rollback' };

const typeOf = fc.constantFrom('number' as const, 'string' as const, undefined);
const releases: fc.Arbitrary<Release> = fc
  .record({
    types: fc.record({ name: typeOf, seats: typeOf, owner: typeOf, floor: typeOf }),
    upcasts: fc.boolean(),
    name: fc.constantFrom('rooms.ts#Room', 'hall.ts#Room', 'hall.ts#Chamber'),
  })
  .map(({ types, ...release }) => ({
    ...release,
    types: Object.fromEntries(Object.entries(types).filter(([, type]) => type !== undefined)),
  }));
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('write' as const), room: fc.nat(2), value: fc.nat(9) }),
    fc.record({ kind: fc.constant('release' as const), release: releases }),
    fc.constant({ kind: 'rollback' as const }),
  ),
  { minLength: 10, maxLength: 30 },
);

const zero = { number: 0, string: '' } as const;
const as = (type: 'number' | 'string', value: number | string): number | string =>
  type === 'number' ? Number(value) : String(value);

/** Returns the version that a release makes, and the rooms that it keeps. */
function versionOf({ types, upcasts, name }: Release): {
  version: KeptVersion;
  rooms: Map<number, Row>;
  make: () => Row;
} {
  class Room {
    constructor() {
      Object.assign(
        this,
        Object.fromEntries(Object.entries(types).map(([field, type]) => [field, zero[type]])),
      );
    }

    get isRoom(): boolean {
      return true;
    }
  }
  const convert = (before: Record<string, number | string>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(before).map(([key, value]) => [
        key,
        types[key as Field] ? as(types[key as Field]!, value) : value,
      ]),
    );
  if (upcasts) Object.assign(Room, { upcast: convert });
  const checks = Object.entries(types).map(([field, expected]): [string, FieldCheck] => [
    field,
    (value) => (typeof value === expected ? undefined : { path: '', expected, got: typeof value }),
  ]);
  const facts: KeptClassFacts = {
    name,
    was: ['rooms.ts#Room', 'hall.ts#Room', 'hall.ts#Chamber'].filter((one) => one !== name),
    fields: new Map(checks),
    fingerprint: JSON.stringify(Object.entries(types).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
  const rooms = new Map<number, Row>();
  const version = new KeptVersion({ roots: { rooms }, symbols: { [name]: Room }, facts: [facts] });
  return { version, rooms, make: () => new Room() as Row };
}

/** The expected rooms: a field that one release does not know is kept for those that do. */
class Model {
  readonly #rooms = new Map<number, Row>();
  #release: Release;

  constructor(release: Release) {
    this.#release = release;
  }

  write(room: number, value: number): void {
    const row = this.#rooms.get(room) ?? this.#defaults({});
    for (const [field, type] of Object.entries(this.#release.types)) row[field as Field] = as(type, value);
    this.#rooms.set(room, row);
  }

  /** Applies a release. Returns whether it can take over. */
  release(next: Release): boolean {
    const rows = [...this.#rooms].map(([room, row]) => [room, this.#moved(row, next)] as const);
    if (rows.some(([, row]) => row === undefined)) return false;
    this.#release = next;
    for (const [room, row] of rows) this.#rooms.set(room, this.#defaults(row as Row));
    return true;
  }

  /** Returns the rooms as the release sees them. */
  seen(): [number, Row][] {
    return [...this.#rooms].map(([room, row]) => [
      room,
      Object.fromEntries(Object.keys(this.#release.types).map((field) => [field, row[field as Field]])),
    ]);
  }

  #moved(row: Row, { types, upcasts }: Release): Row | undefined {
    const moved: Row = { ...row };
    for (const [field, type] of Object.entries(types)) {
      const value = row[field as Field];
      if (value === undefined || typeof value === type) continue;
      if (!upcasts) return undefined;
      moved[field as Field] = as(type, value);
    }
    return moved;
  }

  #defaults(row: Row): Row {
    for (const [field, type] of Object.entries(this.#release.types)) row[field as Field] ??= zero[type];
    return row;
  }
}

test('the state is what the model says, or the release is refused, after any sequence of releases and rollbacks', () => {
  fc.assert(
    fc.property(releases, steps, (first, chain) => {
      const model = new Model(first);
      const history: Release[] = [];
      let release = first;
      let { version, rooms, make } = versionOf(first);
      const change = (next: Release): boolean => {
        const made = versionOf(next);
        const fits = model.release(next);
        if (!fits) {
          expect(() => made.version.takeOver(version)).toThrow(
            expect.objectContaining({ code: 'LIVE_DATA_MISMATCH' }),
          );
          return false;
        }
        made.version.takeOver(version);
        ({ version, rooms, make } = made);
        release = next;
        return true;
      };
      for (const step of chain) {
        if (step.kind === 'write') {
          model.write(step.room, step.value);
          const room = rooms.get(step.room) ?? make();
          for (const [field, type] of Object.entries(release.types))
            room[field as Field] = as(type, step.value);
          rooms.set(step.room, room);
        } else if (step.kind === 'release') {
          const before = release;
          if (change(step.release)) history.push(before);
        } else {
          const back = history.pop();
          if (back && !change(back)) history.push(back);
        }
        expect([...rooms].map(([room, row]) => [room, { ...row }])).toEqual(model.seen());
      }
    }),
    { numRuns: 200 },
  );
});
