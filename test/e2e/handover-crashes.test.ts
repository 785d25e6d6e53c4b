import { expect, test } from 'vitest';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred } from '../helpers/deferred.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** A bank whose thread can die. The next one waits in onInit until the host lets it come up. */
function bank(release: number, more: Partial<PluginText> = {}): PluginText {
  return {
    name: 'bank',
    exclusive: true,
    module: `const release = ${release}; let balance;`,
    ...more,
    live: {
      live_balance: '() => `${balance} of ${release}`',
      live_die: '() => process.exit(3)',
      ...more.live,
    },
    hooks: {
      onInit: `() => context.cause === 'crash' ? context.vault.extension.mayComeUp() : undefined`,
      onActive: '(previous) => { balance = previous ?? 0; }',
      onYield: '() => 7',
      ...more.hooks,
    },
  };
}

/** A ledger that calls the bank. */
function ledger(release: number, more: Partial<PluginText> = {}): PluginText {
  return { name: 'ledger', exclusive: true, module: `const release = ${release};`, ...more };
}

const askBank = `context.vault.call('live_balance').then((balance) => balance, (error) => error.code)`;

interface Open {
  readonly folder: string;
  readonly swapper: Swapper;
  /** What the plugins have told the host. */
  readonly told: string[];
  readonly letComeUp: () => void;
  /** Resolves when a replacement of the bank waits for the host. */
  readonly coming: Promise<void>;
}

async function open(plugins: readonly PluginText[], options: SwapperOptions = {}): Promise<Open> {
  const folder = await tempFolder();
  await deploy(folder, ...plugins);
  const [gate, coming, booked] = [deferred(), deferred(), deferred()];
  const told: string[] = [];
  const letComeUp = (): void => gate.resolve();
  const extension = {
    mayComeUp() {
      coming.resolve();
      return gate.promise;
    },
    letComeUp,
    tell(what: string) {
      told.push(what);
      if (what === 'books') booked.resolve();
    },
    whenBooked: () => booked.promise,
  };
  const swapper = openSwapper(folder, {
    yieldMs: 3_000,
    startMs: 6_000,
    extension: () => extension,
    ...options,
  });
  await swapper.load();
  return { folder, swapper, told, letComeUp, coming: coming.promise };
}

test('a hook of a hand-over that calls a plugin whose thread has died is told so at once, and callers wait for the next version', async () => {
  const onYield = `async () => { await context.vault.extension.letComeUp(); await context.vault.extension.tell(await ${askBank}); }`;
  const { folder, swapper, told } = await open([bank(1), ledger(1, { hooks: { onYield } })]);
  await swapper.call('live_die').catch(() => {});
  await deploy(folder, bank(2), ledger(2));
  const [reloaded, waiting] = [swapper.reload(), swapper.call('live_balance')];
  expect(await reloaded).toMatchObject({ bank: 'ok', ledger: 'ok' });
  expect(told).toEqual(['THREAD_CRASHED']);
  expect(await waiting).toBe('0 of 2');
});

test('work that a hand-over waits for is told so, too, where it waits already for a thread that has died', async () => {
  const live = { live_pay: `async () => { await context.vault.extension.tell('pays'); return ${askBank}; }` };
  const { folder, swapper, told, letComeUp, coming } = await open([bank(1), ledger(1, { live })]);
  await swapper.call('live_die').catch(() => {});
  await coming;
  const paid = swapper.call('live_pay');
  await expect.poll(() => told).toEqual(['pays']);
  await deploy(folder, bank(2), ledger(2, { live }));
  await swapper.reload();
  expect(await paid).toBe('THREAD_CRASHED');
  letComeUp();
  expect(await swapper.call('live_pay')).toBe('0 of 2');
});

test('a hook that wakes a version after a refused reload waits for a thread that takes the place of a dead one', async () => {
  const onActive = `async (previous) => { if (previous) await context.vault.extension.tell(await ${askBank}); }`;
  const onYield = `async () => { await context.vault.call('live_die').catch(() => {}); return 1; }`;
  const { folder, swapper, told, letComeUp, coming } = await open([
    bank(1),
    ledger(1, { hooks: { onActive, onYield } }),
  ]);
  const asleep: string[] = [];
  swapper.on('activeFailed', ({ plugin }) => asleep.push(plugin));
  const broken = { onActive: '() => { throw new RangeError("no ink"); }' };
  await deploy(folder, bank(2), ledger(2, { hooks: broken }));
  const refused = swapper.reload().catch((error: unknown) => error);
  await coming;
  letComeUp();
  expect(await refused).toMatchObject({ cause: { hook: 'onActive' } });
  expect(told).toEqual(['0 of 1']);
  expect(asleep).toEqual([]);
});

test('a thread that dies while it is woken is replaced at once, and its version is not asleep', async () => {
  const onActive = `(previous) => { if (previous) process.exit(3); balance = 0; }`;
  const { folder, swapper, letComeUp } = await open([bank(1, { hooks: { onActive } })]);
  letComeUp();
  const asleep: string[] = [];
  swapper.on('activeFailed', ({ plugin }) => asleep.push(plugin));
  await deploy(folder, bank(2, { hooks: { onActive: '() => { throw new RangeError("no ink"); }' } }));
  const replaced = nextEvent(swapper, 'threadReplaced');
  await expect(swapper.reload()).rejects.toMatchObject({ cause: { hook: 'onActive' } });
  await replaced;
  expect(await swapper.call('live_balance')).toBe('0 of 1');
  expect(asleep).toEqual([]);
});

/** A hook of a thread in the place of a dead one, which comes up only when it may, and has called the ledger. */
const comesUpLate = `async () => {
  if (context.cause !== 'crash') return;
  await context.vault.extension.mayComeUp();
  await context.vault.call('live_book');
}`;

test('a thread that comes up in a plugin that stays reaches one that hands over, whose work waits for it', async () => {
  const live = {
    live_book: '() => release',
    live_pay: `async () => {
      context.yielding.addEventListener('abort', () => void context.vault.extension.letComeUp());
      await context.vault.extension.tell('pays');
      return ${askBank};
    }`,
  };
  const { folder, swapper, told, coming } = await open([
    bank(1, { hooks: { onInit: comesUpLate } }),
    ledger(1, { live }),
  ]);
  await swapper.call('live_die').catch(() => {});
  await coming;
  const paid = swapper.call('live_pay');
  await expect.poll(() => told).toEqual(['pays']);
  await deploy(folder, ledger(2, { live }));
  expect(await swapper.reload()).toMatchObject({ bank: 'unchanged', ledger: 'ok' });
  expect(await paid).toBe('0 of 1');
});

test('a hook of a hand-over does not wait for a thread that comes up elsewhere and waits for the hand-over', async () => {
  const onYield = `async () => { await context.vault.extension.letComeUp(); await context.vault.extension.tell(await ${askBank}); }`;
  const live = { live_book: '() => release' };
  const { folder, swapper, told, coming } = await open([
    bank(1, { hooks: { onInit: comesUpLate } }),
    ledger(1, { live, hooks: { onYield } }),
  ]);
  await swapper.call('live_die').catch(() => {});
  await coming;
  await deploy(folder, ledger(2, { live }));
  await swapper.reload();
  expect(told).toEqual(['THREAD_CRASHED']);
  expect(await swapper.call('live_balance')).toBe('0 of 1');
});

test('a hook that wakes a version does not wait for a thread that comes up elsewhere and waits until all are awake', async () => {
  const onInit = `async () => {
    if (context.cause !== 'crash') return;
    await context.vault.extension.mayComeUp();
    const booked = context.vault.call('live_book');
    await context.vault.extension.tell('books');
    await booked;
  }`;
  const hooks = {
    onYield: `async () => { await context.vault.call('live_die').catch(() => {}); return 1; }`,
    onActive: `async (previous) => { if (previous) await context.vault.extension.tell(await ${askBank}); }`,
  };
  const broken = `async () => {
    await context.vault.extension.letComeUp();
    await context.vault.extension.whenBooked();
    throw new RangeError('no ink');
  }`;
  const live = { live_book: '() => release' };
  const { folder, swapper, told } = await open([bank(1, { hooks: { onInit } }), ledger(1, { live, hooks })]);
  await deploy(folder, ledger(2, { live, hooks: { onActive: broken } }));
  await expect(swapper.reload()).rejects.toMatchObject({ cause: { hook: 'onActive' } });
  expect(told).toEqual(['books', 'THREAD_CRASHED']);
  expect(await swapper.call('live_balance')).toBe('0 of 1');
});

test('calls that onActive of a thread in the place of a dead one waits for may come back to it', async () => {
  const onActive = `async () => { balance = 0; if (context.cause === 'crash') await context.vault.extension.tell(await context.vault.call('live_audit')); }`;
  const audit: PluginText = {
    name: 'audit',
    live: { live_audit: `() => context.vault.call('live_balance')` },
  };
  const { swapper, told, letComeUp } = await open([bank(1, { hooks: { onActive } }), audit]);
  letComeUp();
  await swapper.call('live_die').catch(() => {});
  expect(await swapper.call('live_balance')).toBe('0 of 1');
  expect(told).toEqual(['0 of 1']);
});

test.each(['onInit', 'onActive'] as const)(
  'plugins that call each other in %s come up as they did at first when their threads die at once, though one imports another',
  async (hook) => {
    const ring: PluginText[] = [
      { name: 'bank', exports: { balance: '() => 1' }, live: { live_balance: '() => 1' } },
      { name: 'audit', imports: ['bank'], live: { live_audit: '() => 2' } },
      { name: 'ledger', live: { live_books: '() => 3' } },
    ];
    const calls = {
      bank: `context.vault.call('live_books')`,
      audit: `callImport('bank', 'balance', [])`,
      ledger: `context.vault.call('live_audit')`,
    };
    const plugins = ring.map((plugin): PluginText => {
      const [die, asks] = [`live_die_${plugin.name}`, calls[plugin.name as keyof typeof calls]];
      return {
        ...plugin,
        live: { ...plugin.live, [die]: '() => process.exit(3)' },
        hooks: { [hook]: `async () => { await ${asks}; }` },
      };
    });
    const { swapper } = await open(plugins, { crashLoop: { crashes: 2, withinMs: 60_000 } });
    await Promise.all(ring.map(({ name }) => swapper.call(`live_die_${name}`).catch(() => {})));
    const answers = ['live_balance', 'live_audit', 'live_books'].map((name) => swapper.call(name));
    expect(await Promise.all(answers)).toEqual([1, 2, 3]);
  },
);

test('a hand-over that waits for a thread that comes up holds up no other thread that comes up, for which hooks of the first may wait', async () => {
  const onActive = `async () => {
    if (context.cause !== 'crash') return;
    await context.vault.extension.tell('books');
    await context.vault.extension.tell(await ${askBank});
  }`;
  const live = { live_end: '() => process.exit(3)' };
  // Its runs are the last that the hand-over waits for before the turns of the others.
  const clock = (release: number): PluginText => ({
    name: 'clock',
    module: `export const ticker = {
      count: ${release},
      start() {},
      stop() { void context.vault.extension.letComeUp(); },
      async whenIdle() {},
    };`,
  });
  const { folder, swapper, told, coming } = await open([
    bank(1),
    ledger(1, { live, hooks: { onActive } }),
    clock(1),
  ]);
  await Promise.all(['live_die', 'live_end'].map((name) => swapper.call(name).catch(() => {})));
  await coming;
  await expect.poll(() => told).toEqual(['books']);
  await deploy(folder, bank(2), ledger(2), clock(2));
  expect(await swapper.reload()).toMatchObject({ bank: 'ok', ledger: 'ok', clock: 'ok' });
  expect(told).toEqual(['books', '0 of 1']);
});

test('a hook of a hand-over does not wait for a thread that comes up and calls one that has died in what hands over', async () => {
  const books = `context.vault.call('live_books')`;
  const bankHooks = {
    onInit: '() => {}',
    onActive: `async () => {
      if (context.cause !== 'crash') return;
      await context.vault.extension.tell('asks');
      balance = await ${books};
    }`,
  };
  const live = { live_books: '() => release', live_end: '() => process.exit(3)' };
  const onInit = `() => context.cause === 'crash' ? context.vault.extension.mayComeUp() : undefined`;
  const onActive = `async () => { await context.vault.extension.tell(await ${askBank}); }`;
  const { folder, swapper, told, coming, letComeUp } = await open([
    bank(1, { exclusive: false, hooks: bankHooks }),
    ledger(1, { exclusive: false, live, hooks: { onInit, onActive: '() => {}' } }),
  ]);
  await swapper.call('live_end').catch(() => {});
  await coming;
  await swapper.call('live_die').catch(() => {});
  await expect.poll(() => told).toEqual(['asks']);
  await deploy(folder, ledger(2, { exclusive: false, live, hooks: { onInit, onActive } }));
  expect(await swapper.reload()).toMatchObject({ bank: 'unchanged', ledger: 'ok' });
  expect(told).toEqual(['asks', 'THREAD_CRASHED']);
  expect(await swapper.call('live_balance')).toBe('2 of 1');
  letComeUp();
});

test('a run of every that waits for a thread in the place of a dead one does not hold up a release of both', async () => {
  const clock = (release: number): PluginText => ({
    name: 'clock',
    module: `export const ticker = {
      count: ${release},
      start(host) { this.host = host; },
      stop() { void context.vault.extension.letComeUp(); },
      whenIdle() { return this.running; },
    };`,
    live: {
      live_strike: `() => {
        ticker.running = ticker.host.run(async () => {
          await context.vault.extension.tell('strikes');
          await context.vault.extension.tell(await ${askBank});
        });
      }`,
    },
  });
  const { folder, swapper, told, coming } = await open([bank(1), clock(1)]);
  await swapper.call('live_die').catch(() => {});
  await coming;
  await swapper.call('live_strike');
  await expect.poll(() => told).toEqual(['strikes']);
  await deploy(folder, bank(2), clock(2));
  expect(await swapper.reload()).toMatchObject({ bank: 'ok', clock: 'ok' });
  expect(told).toEqual(['strikes', '0 of 1']);
});

test('a thread that dies while it is to be recycled, and a hand-over elsewhere is under way, is replaced meanwhile', async () => {
  const onInit = `() => context.cause === 'recycle' ? context.vault.extension.tell('recycles') : undefined`;
  const onYield = '() => context.vault.extension.mayComeUp()';
  const { folder, swapper, told, letComeUp, coming } = await open(
    [bank(1, { hooks: { onInit } }), ledger(1, { hooks: { onYield } })],
    { abandonedMs: 40, yieldMs: 60_000, plugins: { bank: { recycle: { calls: 1 } } } },
  );
  await deploy(folder, ledger(2));
  const reloaded = swapper.reload();
  await coming;
  await swapper.call('live_balance');
  await expect.poll(() => told, { timeout: 10_000 }).toContain('recycles');
  await swapper.call('live_die').catch(() => {});
  expect(await swapper.call('live_balance')).toBe('0 of 1');
  letComeUp();
  expect(await reloaded).toMatchObject({ ledger: 'ok' });
});
