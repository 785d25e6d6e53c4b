import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../lib/http/index.js';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { Workshop } from '../helpers/workshop.js';

const game = {
  'player.ts': `
    class Weapon { name = 'bow'; }
    export class Player {
      hits = 0;
      weapon = new Weapon();
      constructor(readonly name: string) {}
      shoot() { return \`\${this.name} shoots with a \${this.weapon.name}: \${++this.hits}\`; }
    }
  `,
  'world.ts': `
    import { kept } from 'liveswap/plugin';
    import { Player } from './player.js';
    export const KINDS = { castle: { walls: 4 }, camp: { walls: 0 } };
    export const players = kept('players', () => new Map<string, Player>());
    export const world = kept('world', () => ({ tick: 0, kind: KINDS.camp, best: undefined as Player | undefined }));
  `,
  'index.ts': `
    import { definePlugin } from 'liveswap/plugin';
    import { KINDS, players, world } from './world.js';
    import { Player } from './player.js';
    export default definePlugin({});
    export const release = 1;
    export function live_join(name: string) {
      const player = new Player(name);
      players.set(name, player);
      world.best ??= player;
      world.kind = KINDS.castle;
      world.tick++;
    }
    export const live_shoot = (name: string) => players.get(name)!.shoot();
    export const live_world = () => ({
      tick: world.tick,
      size: players.size,
      sameBest: world.best === players.values().next().value,
      sameKind: world.kind === KINDS.castle,
      release,
    });
    export function live_die(): void {
      // liveswap-ignore no-process-control: it is to die
      process.exit(3);
    }
  `,
};

async function play(
  options: SwapperOptions = {},
  files = game,
): Promise<{ workshop: Workshop; swapper: Swapper }> {
  const workshop = await Workshop.open({ game: files });
  const swapper = openSwapper(workshop.outDir, options);
  await swapper.load();
  await swapper.call('live_join', 'Ida');
  return { workshop, swapper };
}

async function release(workshop: Workshop, number: number): Promise<void> {
  await workshop.edit('game/index.ts', /release = \d+;/, `release = ${number};`);
  const [report] = await workshop.build();
  expect(report).toMatchObject({ state: 'built' });
}

test('state lives through releases and rollbacks: instances with their methods, what is shared, constants of the new modules', async () => {
  const { workshop, swapper } = await play();
  expect(await swapper.call('live_shoot', 'Ida')).toBe('Ida shoots with a bow: 1');
  await workshop.edit('game/player.ts', 'shoots with', 'SHOOTS with');
  await release(workshop, 2);
  const handedOver = nextEvent(swapper, 'handedOver');
  await swapper.reload();
  expect(await handedOver).toMatchObject({ plugin: 'game', objects: expect.any(Number) as number });
  expect(await swapper.call('live_shoot', 'Ida')).toBe('Ida SHOOTS with a bow: 2');
  const world = { tick: 1, size: 1, sameBest: true, sameKind: true };
  expect(await swapper.call('live_world')).toEqual({ ...world, release: 2 });
  await swapper.rollback();
  expect(await swapper.call('live_shoot', 'Ida')).toBe('Ida shoots with a bow: 3');
  expect(await swapper.call('live_world')).toEqual({ ...world, release: 1 });
});

test('a seed that a call has changed is state, though it is a module constant; one that no call has changed is that of the new module', async () => {
  const workshop = await Workshop.open({
    guild: {
      'index.ts': `
        import { definePlugin, kept } from 'liveswap/plugin';
        const seeds: [name: string, member: { gold: number }][] = [['Ida', { gold: 1 }], ['Bob', { gold: 2 }]];
        export const members = kept('members', () => new Map(seeds));
        export const release = 1;
        export const live_earn = (name: string) => { members.get(name)!.gold += 10 * release; };
        export const live_gold = () => [...members.values()].map(({ gold }) => gold);
        export const live_isSeed = () => seeds.map(([name, seed]) => members.get(name) === seed);
        export default definePlugin({});
      `,
    },
  });
  const swapper = openSwapper(workshop.outDir);
  await swapper.load();
  await swapper.call('live_earn', 'Ida');
  await workshop.edit('guild/index.ts', /release = \d+;/, 'release = 2;');
  await workshop.build();
  await swapper.reload();
  expect(await swapper.call('live_gold')).toEqual([11, 2]);
  expect(await swapper.call('live_isSeed')).toEqual([false, true]);
});

test('state of a module that only a call imports is refused by that call: it would begin anew in each version', async () => {
  const workshop = await Workshop.open({
    guild: {
      'index.ts': `
        import { definePlugin, kept } from 'liveswap/plugin';
        export const members = kept('members', () => new Set<string>());
        export const live_join = (name: string) => members.add(name).size;
        export const live_trade = async () => (await import('./market.js')).goods.size;
        export default definePlugin({});
      `,
      'market.ts': `
        import { kept } from 'liveswap/plugin';
        export const goods = kept('goods', () => new Map<string, number>());
      `,
    },
  });
  const swapper = openSwapper(workshop.outDir);
  await swapper.load();
  await expect(swapper.call('live_trade')).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    option: 'kept',
    message: expect.stringContaining('Cannot keep goods'),
  });
  expect(await swapper.call('live_join', 'Ida')).toBe(1);
});

test('a release that cannot take the state over is refused before anything has yielded, and nothing is lost', async () => {
  const { workshop, swapper } = await play();
  await workshop.edit(
    'game/world.ts',
    'new Map<string, Player>()',
    'new Set<string>() as unknown as Map<string, Player>',
  );
  await release(workshop, 2);
  await expect(swapper.reload()).rejects.toMatchObject({
    cause: { code: 'LIVE_DATA_MISMATCH', path: 'players', expected: 'set', got: 'map' },
  });
  expect(await swapper.call('live_shoot', 'Ida')).toBe('Ida shoots with a bow: 1');
  await swapper.reload(undefined, { kept: 'drop' });
  expect(await swapper.call('live_world')).toMatchObject({ tick: 0, size: 0, release: 2 });
});

test('a crash loses it, and create begins anew', async () => {
  const { swapper } = await play();
  const replaced = nextEvent(swapper, 'threadReplaced');
  await swapper.call('live_die').catch(() => {});
  await replaced;
  expect(await swapper.call('live_world')).toMatchObject({ tick: 0, size: 0 });
});

test('with saveMs a thread that crashed goes on from the last copy', async () => {
  const saving = {
    ...game,
    'world.ts': game['world.ts'].replace(
      'new Map<string, Player>())',
      'new Map<string, Player>(), { saveMs: 5 })',
    ),
  };
  const { swapper } = await play({}, saving);
  const joined = Date.now();
  await expect.poll(() => Number(swapper.stats().plugins[0]?.versions[0]?.savedAt) > joined).toBe(true);
  const replaced = nextEvent(swapper, 'threadReplaced');
  await swapper.call('live_die').catch(() => {});
  await replaced;
  expect(await swapper.call('live_shoot', 'Ida')).toBe('Ida shoots with a bow: 1');
});

test('state that cannot move stops the copies only for as long as it is there', async () => {
  const saving = {
    ...game,
    'world.ts': game['world.ts'].replace('undefined }))', 'undefined }), { saveMs: 5 })'),
    'hold.ts': `
      import { world } from './world.js';
      export const live_hold = () => { world.best = Promise.resolve() as never; };
      export const live_let = () => { world.best = undefined; };
    `,
  };
  const errors: unknown[] = [];
  const silent = (): void => {};
  const logger = {
    debug: silent,
    info: silent,
    warn: silent,
    error: (_facts: unknown, text: unknown) => errors.push(text),
  };
  const { swapper } = await play({ logger }, saving);
  await swapper.call('live_hold');
  await expect.poll(() => errors.length).toBeGreaterThan(0);
  expect(errors).toEqual([expect.stringMatching(/^Kept state cannot be saved: Cannot move world\.best/)]);
  await swapper.call('live_let');
  const freed = Date.now();
  await expect.poll(() => Number(swapper.stats().plugins[0]?.versions[0]?.savedAt) > freed).toBe(true);
});

test('a thread that is recycled hands over what it keeps, like a release', async () => {
  const { swapper } = await play({ recycle: { calls: 5 } });
  const recycled = nextEvent(swapper, 'threadReplaced', ({ reason }) => reason === 'recycled');
  for (let shot = 1; shot <= 6; shot++) {
    expect(await swapper.call('live_shoot', 'Ida')).toBe(`Ida shoots with a bow: ${shot}`);
  }
  await recycled;
  expect(await swapper.call('live_shoot', 'Ida')).toBe('Ida shoots with a bow: 7');
  expect(await swapper.call('live_world')).toMatchObject({
    tick: 1,
    size: 1,
    sameBest: true,
    sameKind: true,
  });
});

test('a thread that holds a call which was given up hands over what it keeps to the one that takes its place', async () => {
  const hanging = { ...game, 'hang.ts': 'export const live_hang = () => new Promise<void>(() => {});' };
  const { swapper } = await play({ abandonedMs: 20 }, hanging);
  const replaced = nextEvent(swapper, 'threadReplaced', ({ reason }) => reason === 'abandoned');
  await expect(swapper.with({ timeoutMs: 1 }).call('live_hang')).rejects.toMatchObject({
    code: 'CALL_TIMEOUT',
  });
  await replaced;
  expect(await swapper.call('live_world')).toMatchObject({ tick: 1, size: 1, sameBest: true });
});

test('with saveMs the next version goes on from the last copy, too, when the one before dies as it hands over', async () => {
  const dying = {
    ...game,
    'world.ts': game['world.ts'].replace(
      'new Map<string, Player>())',
      'new Map<string, Player>(), { saveMs: 5 })',
    ),
    'index.ts': game['index.ts'].replace(
      'definePlugin({})',
      `definePlugin({
        onYield() {
          // liveswap-ignore no-process-control: it is to die
          if ((release as number) === 1) process.exit(3);
        },
      })`,
    ),
  };
  const { workshop, swapper } = await play({}, dying);
  const joined = Date.now();
  await expect.poll(() => Number(swapper.stats().plugins[0]?.versions[0]?.savedAt) > joined).toBe(true);
  await release(workshop, 2);
  await swapper.reload();
  expect(await swapper.call('live_world')).toMatchObject({ tick: 1, size: 1, sameBest: true, release: 2 });
});

test('a version that is given up is left though its state cannot move back: the one before begins anew', async () => {
  const saving = {
    ...game,
    'world.ts': game['world.ts'].replace(
      'new Map<string, Player>())',
      'new Map<string, Player>(), { saveMs: 5 })',
    ),
  };
  const { workshop, swapper } = await play({ crashLoop: { crashes: 1, withinMs: 60_000 } }, saving);
  await workshop.edit(
    'game/player.ts',
    'hits = 0;',
    "hits = 'none'; static upcast(fields: Record<string, unknown>) { return { ...fields, hits: 'some' }; }",
  );
  await workshop.edit('game/player.ts', '++this.hits', 'this.hits');
  await release(workshop, 2);
  await swapper.reload();
  const reloaded = Date.now();
  await expect
    .poll(() => swapper.stats().plugins[0]?.versions.find(({ savedAt }) => Number(savedAt) > reloaded))
    .toBeTruthy();
  await expect(swapper.rollback()).rejects.toMatchObject({
    cause: { code: 'LIVE_DATA_MISMATCH', path: 'players.get("Ida").hits' },
  });
  const back = nextEvent(swapper, 'reloaded', ({ reason }) => reason === 'rollback');
  await swapper.call('live_die').catch(() => {});
  await back;
  expect(await swapper.call('live_world')).toMatchObject({ tick: 0, size: 0, release: 1 });
});

test('a field of another type is refused with its path, until an upcast converts it; a class may be moved and renamed', async () => {
  const { workshop, swapper } = await play();
  await swapper.call('live_shoot', 'Ida');
  await workshop.edit('game/player.ts', 'hits = 0;', "hits = 'none';");
  await workshop.edit('game/player.ts', '++this.hits', 'this.hits');
  await release(workshop, 2);
  await expect(swapper.reload()).rejects.toMatchObject({
    cause: { code: 'LIVE_DATA_MISMATCH', path: 'players.get("Ida").hits', expected: 'string', got: 'number' },
  });
  await workshop.edit(
    'game/player.ts',
    "hits = 'none';",
    `hits = 'none';
      static upcast(fields: Record<string, unknown>) { return { ...fields, hits: \`\${String(fields['hits'])}!\` }; }`,
  );
  await workshop.edit('game/player.ts', 'class Weapon', '/** @was player.ts#Weapon */ class Arm');
  await workshop.edit('game/player.ts', 'new Weapon()', 'new Arm()');
  await release(workshop, 3);
  await swapper.reload();
  expect(await swapper.call('live_shoot', 'Ida')).toBe('Ida shoots with a bow: 1!');
});

test('the build names state that cannot move, with its path', async () => {
  const { reports } = await Workshop.tried({
    hall: {
      'index.ts': `
        import { definePlugin, kept } from 'liveswap/plugin';
        class Guest { #name = ''; timer?: NodeJS.Timeout; name() { return this.#name; } }
        export const guests = kept('guests', () => new Map<string, Guest>());
        export const waiting = kept('waiting', () => [] as { done: () => void }[]);
        export const count = kept('count', () => 5 as unknown as Date);
        export const again = kept('waiting', () => new Set<string>());
        export const live_names = () => [...guests.values()].map((guest) => guest.name()).concat(waiting.map(String), String(count), [...again]);
        export default definePlugin({});
      `,
    },
  });
  const findings = reports[0]?.state === 'refused' ? reports[0].findings : [];
  expect(findings.map(({ rule, line, problem }) => [rule, line, problem])).toEqual([
    [
      'kept',
      4,
      '`guests.get(…).#name` is a private field, which only its own class can see, which cannot move to the next version.',
    ],
    [
      'kept',
      4,
      '`guests.get(…).timer` is a handle for something that runs or is open, which cannot move to the next version.',
    ],
    ['kept', 5, '`waiting[].done` is a function, which cannot move to the next version.'],
    ['kept', 6, '`count` is kept, but cannot be filled in place.'],
    ['kept', 7, 'Two states are kept as `waiting`.'],
  ]);
});

test('so is a private method, and what a class has by one that it extends; not with an upcast', async () => {
  const { reports } = await Workshop.tried({
    hall: {
      'index.ts': `
        import { definePlugin, kept } from 'liveswap/plugin';
        class Person { #age = 7; age() { return this.#age; } }
        class Guest extends Person { #bow() { return 'bows'; } greet() { return this.#bow(); } }
        class Cook extends Person { static upcast(fields: Record<string, unknown>) { return fields; } }
        export const guests = kept('guests', () => new Set<Guest>());
        export const cooks = kept('cooks', () => new Set<Cook>());
        export const live_names = () => [...guests, ...cooks].map((one) => one.age());
        export default definePlugin({});
      `,
    },
  });
  const findings = reports[0]?.state === 'refused' ? reports[0].findings : [];
  expect(findings.map(({ rule, line, problem }) => [rule, line, problem.split(',')[0]])).toEqual([
    ['kept', 6, '`guests.values[].#bow` is a private method'],
    ['kept', 6, '`guests.values[].#age` is a private field'],
  ]);
});

const cellar = {
  'barrel.js': `
    class Tap { open = false; }
    export class Barrel {
      litres = 0;
      tap = new Tap();
      constructor(wine) { this.wine = wine; }
      fill() { return ++this.litres; }
    }
    export const WINES = { red: { name: 'red' } };
  `,
  'stock.js': `
    import { kept } from 'liveswap/plugin';
    export const stock = kept('stock', () => []);
  `,
  'index.ts': `
    import { definePlugin } from 'liveswap/plugin';
    // @ts-ignore: plain JavaScript
    import { Barrel, WINES } from './barrel.js';
    // @ts-ignore: plain JavaScript
    import { stock } from './stock.js';
    export const live_lay = () => stock.push(new Barrel(WINES.red)) as number;
    export const live_fill = () => stock[0].fill() as number;
    export const live_look = () => ({ type: stock[0].constructor.name as string, isRed: stock[0].wine === WINES.red, tap: stock[0].tap.open as boolean });
    export default definePlugin({});
  `,
};

test('plain JavaScript may hold what is kept, and its classes: they are renamed in their comments, too', async () => {
  const workshop = await Workshop.open({ cellar });
  const swapper = openSwapper(workshop.outDir);
  await swapper.load();
  await swapper.call('live_lay');
  expect(await swapper.call('live_fill')).toBe(1);
  await workshop.edit(
    'cellar/barrel.js',
    'export class Barrel',
    '/** @was barrel.js#Barrel */\nexport class Cask',
  );
  await workshop.edit('cellar/index.ts', '{ Barrel,', '{ Cask as Barrel,');
  await workshop.build();
  await swapper.reload();
  expect(await swapper.call('live_fill')).toBe(2);
  expect(await swapper.call('live_look')).toEqual({ type: 'Cask', isRed: true, tap: false });
});

const till = {
  'index.ts': `
    import { setTimeout } from 'node:timers/promises';
    import { definePlugin, kept } from 'liveswap/plugin';
    export const release = 1;
    const sold = kept('sold', () => ({ count: 0 }));
    export default definePlugin({
      http: {
        async fetch() {
          const { count } = sold;
          await setTimeout(1);
          sold.count = count + 1;
          return Response.json({ count: sold.count, release });
        },
      },
    });
  `,
};

test('requests over HTTP wait, too, while a plugin hands over: none is lost, none is answered on state that has moved', async () => {
  const workshop = await Workshop.open({ till });
  const swapper = openSwapper(workshop.outDir);
  await swapper.load();
  const server = await serve(swapper, { port: 0, hostname: '127.0.0.1' });
  onTestFinished(() => server.destroy());
  const answers: { count: number; release: number }[] = [];
  let goesOn = true;
  // Calls are made one after the other, because each must see the result of the one before.
  const client = (async () => {
    while (goesOn)
      answers.push((await (await fetch(server.url)).json()) as { count: number; release: number });
  })();
  for (const release of [2, 3, 4]) {
    await workshop.edit('till/index.ts', /release = \d+;/, `release = ${release};`);
    await workshop.build();
    await swapper.reload();
    await expect.poll(() => answers.at(-1)?.release).toBe(release);
  }
  goesOn = false;
  await client;
  expect(answers.map(({ count }) => count)).toEqual(answers.map((_, index) => index + 1));
  const releases = answers.map(({ release }) => release);
  expect(releases).toEqual(releases.toSorted((left, right) => left - right));
});

const beats = {
  'index.ts': `
    import { context, definePlugin, every, resource } from 'liveswap/plugin';
    export const release = 1;
    const bag = () => context.vault.dataBag;
    every(2, async () => {
      const running = (await bag().get('running') as string[] | undefined) ?? [];
      await bag().set('running', [...running, \`\${release}\`]);
      if (running.length === 3) throw new RangeError('a string broke');
      const until = performance.now() + 10;
      while (running.length === 4 && performance.now() < until);
    });
    const drum = resource(() => ({ of: release }), async () => { await bag().set('closed', release); }, { takesWork: true });
    export const live_drum = () => drum().of;
    export default definePlugin({ exclusive: true });
  `,
};

test('every runs in the active version only; its failure is told, and ends nothing; what takes work is closed when it yields', async () => {
  const workshop = await Workshop.open({ drums: beats });
  const swapper = openSwapper(workshop.outDir);
  const failed = nextEvent(swapper, 'everyFailed');
  await swapper.load();
  expect(await failed).toMatchObject({
    plugin: 'drums',
    thread: 0,
    error: { code: 'HOOK_FAILED', cause: { message: 'a string broke' } },
  });
  expect(await swapper.call('live_drum')).toBe(1);
  await expect
    .poll(() => swapper.stats().plugins[0]?.versions[0]?.threads[0]?.missedTicks)
    .toBeGreaterThan(0);
  await workshop.edit('drums/index.ts', 'release = 1', 'release = 2');
  await workshop.build();
  await swapper.reload();
  const { dataBag } = swapper.current.vault;
  expect(await dataBag.get('closed')).toBe(1);
  expect(await swapper.call('live_drum')).toBe(2);
  await expect.poll(async () => ((await dataBag.get('running')) as string[]).at(-1)).toBe('2');
  const ran = ((await dataBag.get('running')) as string[]).join('');
  expect(ran).toMatch(/^1+2+$/);
});
