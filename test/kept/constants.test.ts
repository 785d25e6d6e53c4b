import { inspect } from 'node:util';
import { expect, test, vi } from 'vitest';
import { KeptVersion } from '../helpers/kept-versions.js';

class Weapon {
  wear = 0;
}
class Hero {
  hits = 0;
  weapon = new Weapon();
  friends = new Set<string>();
  past = new Map<string, { year: number }>();
  born = new Date(0);
}

/** Returns the symbols of a game that begins with seeds, which are constants of its modules. */
function game() {
  const KINDS = { camp: { walls: 0 }, castle: { walls: 4 } };
  const seeds: [string, { gold: number }][] = [
    ['ida', { gold: 1 }],
    ['bob', { gold: 2 }],
  ];
  const hero = new Hero();
  const players = new Map(seeds);
  const world: Record<string, unknown> = { hero, kind: KINDS.camp, type: Hero };
  const index = { players };
  world['index'] = index;
  const version = new KeptVersion({
    roots: { players, world },
    symbols: {
      'game.ts#KINDS': KINDS,
      'game.ts#seeds': seeds,
      'game.ts#hero': hero,
      'game.ts#index': index,
      Hero,
      Weapon,
    },
  });
  return { KINDS, seeds, hero, players, world, index, version };
}

test('a seed that calls have changed is state, and moves, though a constant names it; the others are those of the new module', () => {
  const [first, second] = [game(), game()];
  first.players.get('ida')!.gold = 50;
  second.version.takeOver(first.version);
  expect([...second.players]).toEqual([
    ['ida', { gold: 50 }],
    ['bob', { gold: 2 }],
  ]);
  expect(second.players.get('bob')).toBe(second.seeds[1]![1]);
  expect(second.seeds[0]![1]).toEqual({ gold: 1 });
  expect(second.world['hero']).toBe(second.hero);

  const third = game();
  third.version.takeOver(second.version);
  expect(third.players.get('ida')).toEqual({ gold: 50 });
});

test.each<[string, (hero: Hero) => unknown]>([
  ['in a field', (hero) => hero.hits++],
  ['by a field that is new', (hero) => Object.assign(hero, { title: 'Dame' })],
  ['by a field that is gone', (hero) => Reflect.deleteProperty(hero, 'hits')],
  ['in an object inside', (hero) => hero.weapon.wear++],
  ['in a set inside', (hero) => hero.friends.add('bob')],
  ['in a map inside', (hero) => hero.past.set('war', { year: 1 })],
  ['in a date inside', (hero) => hero.born.setTime(1)],
])('an instance that is a constant and has changed %s is state', (_where, change) => {
  const [first, second] = [game(), game()];
  change(first.hero);
  second.version.takeOver(first.version);
  expect(second.world['hero']).toEqual(first.hero);
  expect(second.world['hero']).toBeInstanceOf(Hero);
  expect(second.world['hero']).not.toBe(second.hero);
});

test('references to kept state, and a class whose static fields change, are still constants', () => {
  const [first, second] = [game(), game()];
  first.players.set('eve', { gold: 3 });
  first.world['kind'] = first.KINDS.castle;
  Object.assign(Hero, { made: 2 });
  second.version.takeOver(first.version);
  Reflect.deleteProperty(Hero, 'made');
  expect(second.world['index']).toBe(second.index);
  expect(second.world['kind']).toBe(second.KINDS.castle);
  expect(second.world['type']).toBe(Hero);
  expect(second.players.get('eve')).toEqual({ gold: 3 });
});

test('however constants refer to each other, a hand-over looks at each of them once', () => {
  let looks = 0;
  const watched = { walls: 0 };
  const rooms = Array.from({ length: 50 }, () => ({ doors: [] as object[], watched }));
  for (const [at, { doors }] of rooms.entries()) doors.push(rooms[(at + 1) % 50]!, rooms[(at * 7) % 50]!);
  const version = new KeptVersion({
    roots: { world: { rooms: [...rooms] } },
    symbols: { 'map.ts#ROOMS': rooms },
  });
  const look = Object.getOwnPropertyDescriptors;
  const spy = vi.spyOn(Object, 'getOwnPropertyDescriptors').mockImplementation((value: unknown) => {
    if (value === watched) looks++;
    return look(value as object);
  });
  version.encode();
  spy.mockRestore();
  expect(looks).toBe(1);
});

test('a change is noticed from each constant that leads to it, around a circle and from what was judged before', () => {
  const make = () => {
    const [hall, yard, cave] = ['hall', 'yard', 'cave'].map((name) => ({ name, to: [] as object[], lit: 0 }));
    hall!.to.push(yard!);
    yard!.to.push(hall!, cave!);
    const tower = { name: 'tower', to: [yard!], lit: 0 };
    const world: Record<string, unknown> = { cave, hall, yard, tower };
    const symbols = { 'map.ts#HALL': hall, 'map.ts#YARD': yard, 'map.ts#CAVE': cave, 'map.ts#TOWER': tower };
    return {
      world,
      cave: cave!,
      own: { hall, yard, cave, tower },
      version: new KeptVersion({ roots: { world }, symbols }),
    };
  };
  const [first, second, third] = [make(), make(), make()];
  second.version.takeOver(first.version);
  for (const name of ['hall', 'yard', 'cave', 'tower'] as const)
    expect(second.world[name]).toBe(second.own[name]);
  second.cave.lit = 1;
  third.version.takeOver(second.version);
  for (const name of ['hall', 'yard', 'cave', 'tower'] as const)
    expect(third.world[name]).not.toBe(third.own[name]);
  expect(third.world['cave']).toEqual({ name: 'cave', to: [], lit: 1 });
});

class Lobby extends Map<string, number> {
  turn = 0;
}

class Tape extends Array<number> {
  override [Symbol.iterator](): ArrayIterator<number> {
    throw new Error('own code ran');
  }
}

test.each<[string, () => object, (seed: never) => unknown]>([
  ['a field of a map', () => new Lobby(), (seed: Lobby) => (seed.turn = 5)],
  ['an array with an iterator of its own', () => new Tape(2), (seed: Tape) => seed.push(5)],
  ['bytes', () => new Uint8Array(4), (seed: Uint8Array) => (seed[1] = 5)],
  ['a buffer', () => Buffer.alloc(4), (seed: Buffer) => (seed[1] = 5)],
  ['memory', () => new ArrayBuffer(4), (seed: ArrayBuffer) => (new Uint8Array(seed)[1] = 5)],
  [
    'numbers inside',
    () => ({ heat: new Float64Array(4) }),
    (seed: { heat: Float64Array }) => (seed.heat[1] = 5),
  ],
  ['a URL', () => new URL('https://guild.example/'), (seed: URL) => (seed.pathname = '/x')],
  ['parameters', () => new URLSearchParams('a=1'), (seed: URLSearchParams) => seed.set('a', '2')],
  ['a regular expression', () => /a/g, (seed: RegExp) => (seed.lastIndex = 3)],
])('a seed that has changed is state: %s; one that has not is a constant', (_what, make, change) => {
  const seeded = () => {
    const [seed, other] = [make(), make()];
    const world: Record<string, unknown> = { seed, other };
    const symbols = {
      'map.ts#SEED': seed,
      'map.ts#OTHER': other,
      'map.ts#Lobby': Lobby,
      'map.ts#Tape': Tape,
    };
    return { seed, other, world, version: new KeptVersion({ roots: { world }, symbols }) };
  };
  const [first, second] = [seeded(), seeded()];
  change(first.seed as never);
  second.version.takeOver(first.version);
  expect(second.world['seed']).not.toBe(second.seed);
  expect(inspect(second.world['seed'])).toBe(inspect(first.seed));
  expect(second.world['other']).toBe(second.other);
});
