import { runInThisContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { FieldCheck, KeptClassFacts } from '../../lib/kept/kept-classes.js';
import { KeptVersion } from '../helpers/kept-versions.js';

/** Returns the facts that a build tells of a class: its fields with their types, as `typeof` names them. */
function factsOf(
  name: string,
  fields: Readonly<Record<string, string>>,
  was: readonly string[] = [],
): KeptClassFacts {
  const checks = Object.entries(fields).map(([field, expected]): [string, FieldCheck] => [
    field,
    (value) => (typeof value === expected ? undefined : { path: '', expected, got: typeof value }),
  ]);
  return { name, was, fields: new Map(checks), fingerprint: JSON.stringify(fields) };
}

/** Returns a version that keeps `world` and has one class. */
function versionWith(
  room: new () => object,
  facts: KeptClassFacts,
  world: Map<string, unknown> = new Map(),
  more: Readonly<Record<string, unknown>> = {},
): { version: KeptVersion; world: Map<string, unknown> } {
  const version = new KeptVersion({
    roots: { world },
    symbols: { [facts.name]: room, ...more },
    facts: [facts],
  });
  return { version, world };
}

class Room {
  name = 'hall';
  seats = 4;
}
const roomFacts = factsOf('room.ts#Room', { name: 'string', seats: 'number' });

function firstRelease(): KeptVersion {
  return versionWith(Room, roomFacts, new Map([['hall', Object.assign(new Room(), { seats: 9 })]])).version;
}

test("a new field has the default of the class; a default that is an object is each one's own", () => {
  class Second {
    name = 'none';
    seats = 0;
    open = true;
    guests: string[] = [];
  }
  const { version, world } = versionWith(
    Second,
    factsOf('room.ts#Room', { name: 'string', seats: 'number' }),
  );
  const rooms = new Map([
    ['a', new Room()],
    ['b', new Room()],
  ]);
  version.takeOver(versionWith(Room, roomFacts, rooms).version);
  const [a, b] = [world.get('a') as Second, world.get('b') as Second];
  expect(a).toEqual({ name: 'hall', seats: 4, open: true, guests: [] });
  expect(a).toBeInstanceOf(Second);
  expect(a.guests).not.toBe(b.guests);
});

test('a field that the new class does not know is not seen, and is there again after a rollback', () => {
  class Second {
    name = '';
  }
  const { version, world } = versionWith(Second, factsOf('room.ts#Room', { name: 'string' }));
  version.takeOver(firstRelease());
  expect(world.get('hall')).toEqual({ name: 'hall' });
  const third = versionWith(Second, factsOf('room.ts#Room', { name: 'string' }));
  third.version.takeOver(version);
  const back = versionWith(Room, roomFacts);
  back.version.takeOver(third.version);
  expect(back.world.get('hall')).toEqual({ name: 'hall', seats: 9 });
});

test('a field that no shape declares stays where it is', () => {
  const before = new Map([['hall', Object.assign(new Room(), { nickname: 'big' })]]);
  const { version, world } = versionWith(Room, roomFacts);
  version.takeOver(versionWith(Room, roomFacts, before).version);
  expect(world.get('hall')).toHaveProperty('nickname', 'big');
});

test('a field of another type is refused, with its path and both types, and nothing of the old state is touched', () => {
  const first = firstRelease();
  class Second {
    name = '';
    seats = 'many';
  }
  const { version } = versionWith(Second, factsOf('room.ts#Room', { name: 'string', seats: 'string' }));
  expect(() => version.takeOver(first)).toThrow(
    expect.objectContaining({
      code: 'LIVE_DATA_MISMATCH',
      path: 'world.get("hall").seats',
      expected: 'string',
      got: 'number',
    }),
  );
  const again = versionWith(Room, roomFacts);
  again.version.takeOver(first);
  expect(again.world.get('hall')).toEqual({ name: 'hall', seats: 9 });
});

test('an upcast of the class converts it, sharing is kept, and it runs only when the shape is another one', () => {
  class Second {
    name = '';
    seats = 'many';
    static upcast(fields: Record<string, unknown>, from: string): Record<string, unknown> {
      expect(from).toBe(roomFacts.fingerprint);
      return { ...fields, seats: String(fields['seats']) };
    }
  }
  const hall = new Room();
  const before = versionWith(
    Room,
    roomFacts,
    new Map([
      ['a', hall],
      ['b', hall],
    ]),
  ).version;
  const facts = factsOf('room.ts#Room', { name: 'string', seats: 'string' });
  const { version, world } = versionWith(Second, facts);
  version.takeOver(before);
  expect(world.get('a')).toEqual({ name: 'hall', seats: '4' });
  expect(world.get('a')).toBe(world.get('b'));
  const next = versionWith(Second, facts);
  next.version.takeOver(version);
  expect(next.world.get('a')).toEqual({ name: 'hall', seats: '4' });
});

test('nobody sees what a constructor that is run for defaults does to kept state', () => {
  const make = (
    more: Readonly<Record<string, string>>,
  ): { version: KeptVersion; hall: { rooms: object[] } } => {
    const hall: { rooms: object[] } = { rooms: [] };
    class Registered {
      name = 'hall';
      constructor() {
        Object.assign(this, more);
        hall.rooms.push(this);
      }
    }
    const facts = factsOf('room.ts#Room', { name: 'string', ...more });
    expect(new Registered()).toHaveProperty('name', 'hall');
    const version = new KeptVersion({
      roots: { hall, list: hall.rooms },
      symbols: { 'room.ts#Room': Registered },
      facts: [facts],
    });
    return { version, hall };
  };
  const [before, after] = [make({}), make({ seats: 'string' })];
  after.version.takeOver(before.version);
  expect(before.hall.rooms).toEqual([{ name: 'hall' }]);
  expect(after.hall.rooms).toEqual([{ name: 'hall', seats: 'string' }]);
});

test('constructors run before anything is poured: once for an instance where a default is an object, else once', () => {
  const world = new Map<string, unknown>([['seed', 'by create']]);
  const seen: unknown[] = [];
  class Chest {
    gold = 0;
    locks: string[] = [];
    constructor() {
      seen.push([...world.keys()]);
      world.set('built', this);
    }
  }
  class Door {
    wide = true;
    open = false;
    constructor() {
      seen.push('door');
    }
  }
  const facts = [factsOf('chest.ts#Chest', { gold: 'number' }), factsOf('door.ts#Door', { wide: 'boolean' })];
  class FormerChest {
    gold = 0;
  }
  class FormerDoor {
    wide = true;
  }
  const former = new Map<string, object>();
  for (const name of ['one', 'two', 'three'])
    former.set(name, Object.assign(new FormerChest(), { gold: 5 })).set(`${name} door`, new FormerDoor());
  const before = new KeptVersion({
    roots: { world: former },
    symbols: { 'chest.ts#Chest': FormerChest, 'door.ts#Door': FormerDoor },
    facts,
  });
  const after = new KeptVersion({
    roots: { world },
    symbols: { 'chest.ts#Chest': Chest, 'door.ts#Door': Door },
    facts: facts.map((one) => ({ ...one, fingerprint: 'another' })),
  });
  after.takeOver(before);
  expect(new Set(seen.flat())).toEqual(new Set(['seed', 'built', 'door']));
  // Three chests are made in the rehearsal and in the move, as each needs locks of its own; one more is made to learn the
  // defaults.
  expect(seen.filter((one) => one !== 'door')).toHaveLength(1 + 2 * 3);
  expect(seen.filter((one) => one === 'door')).toHaveLength(1);
  expect([...world.keys()]).toEqual([...former.keys()]);
  const [one, two] = [world.get('one') as Chest, world.get('two') as Chest];
  expect(one).toMatchObject({ gold: 5, locks: [] });
  expect(one.locks).not.toBe(two.locks);
  expect(world.get('one door')).toEqual({ wide: true, open: false });
});

test('a constructor that fails once it has run before refuses the release, with the path, before anything is poured', () => {
  let rooms = 0;
  class Second {
    name = '';
    seats = 0;
    guests: string[] = [];
    constructor() {
      if (++rooms > 1) throw new RangeError('the house is full');
    }
  }
  const { version, world } = versionWith(Second, { ...roomFacts, fingerprint: 'another' });
  expect(() => version.takeOver(firstRelease())).toThrow(
    expect.objectContaining({
      code: 'LIVE_DATA_MISMATCH',
      path: 'world.get("hall")',
      message: expect.stringContaining('the house is full') as string,
    }),
  );
  expect(world.size).toBe(0);
});

test.each([true, false])(
  'of a root that is an instance, a new field is as create made it, though the class has a default (an upcast: %s)',
  (upcasts) => {
    class World {
      tick = 0;
    }
    class Second {
      tick = 0;
      rules = { hard: false };
      size = 1;
    }
    if (upcasts) Object.assign(Second, { upcast: (fields: object) => fields });
    const facts = factsOf('world.ts#World', { tick: 'number' });
    const first = new KeptVersion({
      roots: { world: Object.assign(new World(), { tick: 7 }) },
      symbols: { 'world.ts#World': World },
      facts: [facts],
    });
    const rules = { hard: true };
    const world = Object.assign(new Second(), { rules, size: 9 });
    new KeptVersion({
      roots: { world },
      symbols: { 'world.ts#World': Second },
      facts: [{ ...facts, fingerprint: 'another' }],
    }).takeOver(first);
    expect(world).toEqual({ tick: 7, rules: { hard: true }, size: 9 });
  },
);

test('a class that is kept beside its instances is not taken for one of them when it has a new field', () => {
  class Second {
    name = '';
    seats = 0;
    open = true;
  }
  const world = new Map<string, unknown>([
    ['hall', new Room()],
    ['kind', Room],
  ]);
  const next = versionWith(Second, { ...roomFacts, fingerprint: 'another' });
  next.version.takeOver(versionWith(Room, roomFacts, world).version);
  expect(next.world.get('kind')).toBe(Second);
  expect(Object.keys(Second)).toEqual([]);
});

test('a class that was renamed or moved is found by its old name', () => {
  class Chamber {
    name = '';
    seats = 0;
  }
  const facts = factsOf('house/chamber.ts#Chamber', { name: 'string', seats: 'number' }, ['room.ts#Room']);
  const { version, world } = versionWith(Chamber, facts);
  version.takeOver(firstRelease());
  expect(world.get('hall')).toBeInstanceOf(Chamber);
});

test('a class that is gone is refused where code can see it, and travels on where it cannot', () => {
  const without = new KeptVersion({ roots: { world: new Map() } });
  expect(() => without.takeOver(firstRelease())).toThrow(/world\.get\("hall"\).*room\.ts#Room.*is gone/);

  class House {
    name = 'inn';
    best: object | undefined = undefined;
  }
  const symbols = { 'house.ts#House': House, 'room.ts#Room': Room };
  const house = Object.assign(new House(), { best: Object.assign(new Room(), { seats: 2 }) });
  const houseFacts = factsOf('house.ts#House', { name: 'string', best: 'object' });
  const first = new KeptVersion({ roots: { house: { it: house } }, symbols, facts: [houseFacts, roomFacts] });
  class Second {
    name = '';
  }
  const now: { it: unknown } = { it: undefined };
  const second = new KeptVersion({
    roots: { house: now },
    symbols: { 'house.ts#House': Second },
    facts: [factsOf('house.ts#House', { name: 'string' })],
  }).takeOver(first);
  expect(now.it).toEqual({ name: 'inn' });
  const back: { it?: House } = { it: undefined } as never;
  new KeptVersion({ roots: { house: back }, symbols, facts: [houseFacts, roomFacts] }).takeOver(second);
  expect(back.it?.best).toBeInstanceOf(Room);
  expect(back.it?.best).toEqual({ name: 'hall', seats: 2 });
});

test('values of create are discarded, except in new fields; a name that is gone travels on', () => {
  const first = new KeptVersion({
    roots: { world: { tick: 7 }, rooms: new Map([['hall', 1]]), seen: new Set([1]) },
  });
  const world = { tick: 0, weather: 'rain' };
  const rooms = new Map([['seed', 0]]);
  const second = new KeptVersion({ roots: { world, rooms } }).takeOver(first);
  expect(world).toEqual({ tick: 7, weather: 'rain' });
  expect(rooms).toEqual(new Map([['hall', 1]]));
  const seen = new Set<number>();
  new KeptVersion({ roots: { seen } }).takeOver(second);
  expect(seen).toEqual(new Set([1]));
});

test('a root of another kind, or a frozen one, is refused; upcast converts it', () => {
  const first = (): KeptVersion => new KeptVersion({ roots: { queue: ['a', 'b'] } });
  expect(() => new KeptVersion({ roots: { queue: new Set() } }).takeOver(first())).toThrow(
    /should be set, but is array/,
  );
  expect(() => new KeptVersion({ roots: { queue: Object.freeze([]) } }).takeOver(first())).toThrow(/frozen/);
  const queue = new Set<string>();
  new KeptVersion({
    roots: { queue },
    upcasts: { queue: (state: readonly string[]) => new Set(state) },
  }).takeOver(first());
  expect(queue).toEqual(new Set(['a', 'b']));
});

test('an upcast of a root may change it or give another, and what leads back to it leads to the new root', () => {
  const world: { tick: number; self?: unknown } = { tick: 1 };
  world.self = world;
  const now: { tick: unknown; self?: unknown } = { tick: '' };
  new KeptVersion({
    roots: { world: now },
    upcasts: { world: (state: typeof world) => ({ ...state, tick: String(state.tick) }) },
  }).takeOver(new KeptVersion({ roots: { world } }));
  expect(now.tick).toBe('1');
  expect(now.self).toBe(now);
});

test('a class of a package is kept when it is registered', () => {
  class Vector {
    x = 1;
  }
  const first = new KeptVersion({
    roots: { at: { it: new Vector() } },
    registered: { 'math#Vector': Vector },
  });
  const at: { it: unknown } = { it: undefined };
  new KeptVersion({ roots: { at }, registered: { 'math#Vector': Vector } }).takeOver(first);
  expect(at.it).toBeInstanceOf(Vector);
});

test('in a rehearsal what a call may still remove is a warning', () => {
  const version = new KeptVersion({ roots: { world: { waits: [Promise.resolve(1)], tick: 1 } } });
  const { warnings, image } = version.encode(true);
  expect(warnings).toEqual(['world.waits[0] is a promise']);
  expect(image.isPartial).toBe(true);
});

// The classes are texts, because the text of a class tells whether it has private members.
test.each([
  ['a field', 'class {\n  #key = 1;\n  open() { return this.#key; }\n}'],
  ['a method', 'class { async *#rows() {} rows() { return this.#rows(); } }'],
  ['a brand', 'class { #brand; static is(value) { return #brand in value; } }'],
])(
  '%s that is #private is refused at the move, with the path, also in a class that is extended',
  (_, text) => {
    const Base = runInThisContext(`(${text})`) as new () => object;
    class Vault extends Base {
      gold = 3;
    }
    const version = new KeptVersion({
      roots: { world: new Map([['vault', new Vault()]]) },
      symbols: { 'vault.js#Vault': Vault, 'vault.js#Base': Base },
    });
    for (const isRehearsal of [true, false])
      expect(() => version.encode(isRehearsal)).toThrow(
        expect.objectContaining({
          code: 'LIVE_DATA_INVALID',
          message: expect.stringMatching(
            /^Cannot move world\S*vault\S*: it is an instance of vault\.js#Vault, whose #\w+ only the class itself can see; make it public/,
          ) as string,
        }),
      );
  },
);

test('a class moves that only looks as if it hid something, or within which another one does, or whose upcast sees to it', () => {
  const Sign = runInThisContext(
    "(class { static #made = 0; color = '#fff'; rule = `\\n#sign { color: #fff }`; count() { return ++Sign.#made; } })",
  ) as new () => object;
  const Safe = runInThisContext(
    '(class { #key = 1; gold = 3; static upcast(fields) { return fields; } open() { return this.#key; } })',
  ) as new () => object;
  const Rows = runInThisContext(
    '(class { gold = 5; counter() { return new (class { #next = 0; take() { return this.#next++; } })(); } })',
  ) as new () => object;
  const symbols = { 'sign.js#Sign': Sign, 'safe.js#Safe': Safe, 'rows.js#Rows': Rows };
  const world = new Map<string, unknown>();
  const before = new KeptVersion({
    roots: {
      world: new Map<string, unknown>([
        ['sign', Object.assign(new Sign(), { color: '#000' })],
        ['safe', Object.assign(new Safe(), { gold: 4 })],
        ['rows', Object.assign(new Rows(), { gold: 6 })],
      ]),
    },
    symbols,
  });
  new KeptVersion({ roots: { world }, symbols }).takeOver(before);
  expect(world.get('sign')).toMatchObject({ color: '#000' });
  expect(world.get('safe')).toMatchObject({ gold: 4 });
  expect(world.get('rows')).toMatchObject({ gold: 6 });
});

describe('a class with #private fields and an upcast', () => {
  const classOf = (text: string, Base: object = Object): new () => object =>
    (runInThisContext(`(Base) => (class ${text})`) as (base: object) => new () => object)(Base);
  const moved = (type: new () => object, instance: object): object => {
    const symbols = { 'vault.js#Vault': type };
    const before = new KeptVersion({ roots: { world: { vaults: [instance, instance] } }, symbols });
    const world: { vaults: object[] } = { vaults: [] };
    new KeptVersion({ roots: { world }, symbols }).takeOver(before);
    expect(world.vaults[0]).toBe(world.vaults[1]);
    return world.vaults[0] as object;
  };

  test('is made by its constructor, so that its methods work, and then filled', () => {
    const Vault = classOf(
      '{ #opened = 0; gold = 1; static upcast(fields) { return fields; } open() { return [this.gold, ++this.#opened]; } }',
    );
    const vault = Object.assign(new Vault() as { open(): number[] }, { gold: 4 });
    vault.open();
    expect((moved(Vault, vault) as typeof vault).open()).toEqual([4, 1]);
  });

  test('may extend a map', () => {
    const Vault = classOf(
      'extends Base { #opened = 0; static upcast(fields) { return fields; } constructor() { super(); this.set("seed", 0); } open() { return [...this, ++this.#opened]; } }',
      Map,
    );
    const vault = new Vault() as Map<string, number> & { open(): unknown[] };
    vault.clear();
    vault.set('gold', 4);
    expect((moved(Vault, vault) as typeof vault).open()).toEqual([['gold', 4], 1]);
  });

  test.each([
    [
      'needs arguments',
      '{ #key; constructor(key) { this.#key = key; } static upcast(fields) { return fields; } }',
      Object,
    ],
    [
      'extends a date',
      'extends Base { #key = 1; static upcast(fields) { return fields; } key() { return this.#key; } }',
      Date,
    ],
  ])('is refused, with its path, where it %s', (_, text, Base) => {
    const Vault = classOf(text, Base);
    expect(() => moved(Vault, new Vault())).toThrow(
      expect.objectContaining({
        code: 'LIVE_DATA_MISMATCH',
        path: 'world.vaults[0]',
        message: expect.stringMatching(/#private fields need a vault\.js#Vault/) as string,
      }),
    );
  });
});
