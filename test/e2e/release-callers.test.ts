import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Swapper, SwapperOptions, VersionStats } from '../../lib/index.js';
import type { Shape } from '../../lib/manifest/shape.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred } from '../helpers/deferred.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { until } from '../helpers/until.js';

/** A plugin of which each release answers with its name and number, then with the answers of the functions that it called. */
interface Link {
  readonly name: string;
  readonly release: number;
  /** Name of its live function. */
  readonly has: string;
  /** Name of the live function that it calls. */
  readonly calls?: string;
}

function link({ name, release, has, calls }: Link): PluginText {
  const rest = calls ? ` + ' ' + await context.vault.call('${calls}', 'x')` : '';
  return {
    name,
    live: {
      [has]: `async () => '${name}${release}'${rest}`,
      // This function goes on when the caller says so: by then, another release may be the current one.
      [`${has}_later`]: `async (go) => { await go(); return '${name}${release}'${rest}; }`,
    },
    takes: { [has]: 'string' },
    ...(calls && { uses: [{ name: calls }] }),
  };
}

async function open(
  plugins: readonly PluginText[],
  options: SwapperOptions = {},
): Promise<{
  swapper: Swapper;
  redeploy: (...next: PluginText[]) => Promise<void>;
  release: (...next: PluginText[]) => ReturnType<Swapper['reload']>;
}> {
  const folder = await tempFolder();
  await deploy(folder, ...plugins);
  const swapper = openSwapper(folder, options);
  await swapper.load();
  const redeploy = (...next: PluginText[]): Promise<void> => deploy(folder, ...next);
  const release = async (...next: PluginText[]) => {
    await redeploy(...next);
    return swapper.reload();
  };
  return { swapper, redeploy, release };
}

const versionsOf = (swapper: Swapper, plugin: string): readonly VersionStats[] =>
  swapper.stats().plugins.find((one) => one.plugin === plugin)?.versions ?? [];

/** Resolves when every version but the current ones has retired. */
async function untilSettled(swapper: Swapper): Promise<void> {
  await until(() => swapper.stats().plugins.every(({ versions }) => versions.length === 1));
}

const field = (name: string, shape: Shape, optional?: true) => ({
  name,
  shape,
  ...(optional && { optional }),
});

/** The shapes that three releases of a gate take: each step is compatible, but both steps together are not. */
const steps: readonly Shape[] = [
  { kind: 'object', fields: [field('by', 'number'), field('gate', 'string')] },
  { kind: 'object', fields: [field('gate', 'string')] },
  { kind: 'object', fields: [field('by', 'string', true), field('gate', 'string')] },
];

/** Returns a gate whose `live_open` goes on when the caller says so. */
function gate(step: number, more: Partial<PluginText> = {}): PluginText {
  return {
    name: 'gate',
    ...more,
    live: { live_open: `async (_given, go) => { await go?.(); return 'gate${step}'; }`, ...more.live },
    takes: { live_open: steps[step]!, ...more.takes },
  };
}

const chat = (release: number): PluginText => ({
  name: 'chat',
  module: `// Release ${release}.`,
  live: {
    live_say:
      "async (go) => { await go?.(); return context.vault.call('live_open', { gate: 'north', by: 1 }); }",
  },
  uses: [{ name: 'live_open' }],
});

const quiet: PluginText = {
  name: 'chat',
  live: { live_say: "async (go) => { await go?.(); return 'nothing'; }" },
};

describe('a name that changes in one release', () => {
  test.each([
    ['two', 2],
    ['three', 3],
  ] as const)(
    'is changed in %s plugins: each call stays among the versions it fits',
    async (_words, count) => {
      const names = ['chat', 'gate', 'moat'].slice(0, count);
      const chain = (release: number): PluginText[] =>
        names.map((name, at) => {
          const next = names[at + 1];
          const has = at === 0 ? 'live_ask' : `live_${name}${release}`;
          return link({ name, release, has, ...(next !== undefined && { calls: `live_${next}${release}` }) });
        });
      const { swapper, release } = await open(chain(1));
      const done = deferred();
      const held = Array.from({ length: 8 }, () => swapper.call('live_ask_later', () => done.promise));
      const answers = new Set<unknown>();
      const client = { isRunning: true };
      const asking = (async () => {
        while (client.isRunning) answers.add(await swapper.call('live_ask', 'x'));
      })();
      await release(...chain(2));
      done.resolve();
      const whole = (of: number): string => names.map((name) => name + of).join(' ');
      expect(new Set(await Promise.all(held))).toEqual(new Set([whole(1)]));
      expect(await swapper.call('live_ask', 'x')).toBe(whole(2));
      client.isRunning = false;
      await asking;
      for (const answer of answers) expect([whole(1), whole(2)]).toContain(answer);
      await untilSettled(swapper);
    },
  );
});

describe('two steps that break together what neither breaks alone', () => {
  test('are refused for a plugin that is carried over both', async () => {
    const { swapper, release, redeploy } = await open([gate(0), chat(1)]);
    expect(String(await release(gate(1)))).toBe('chat: unchanged, gate: ok');
    await expect(release(gate(2))).rejects.toMatchObject({
      cause: {
        code: 'CONTRACT_BROKEN',
        breaks: [{ symbol: 'live_open', usedBy: [{ kind: 'plugin', name: 'chat' }] }],
      },
    });
    expect(await swapper.call('live_say')).toBe('gate1');
    // Started afresh, it is the same code.
    await redeploy(gate(1));
    await swapper.reload(undefined, { force: ['chat'] });
    await expect(release(gate(2))).rejects.toMatchObject({ cause: { code: 'CONTRACT_BROKEN' } });
    expect(String(await release(gate(2), quiet))).toBe('chat: ok, gate: ok');
  });

  test('are refused for a host that has called since the first one, if it has a contract', async () => {
    const contract = join(await tempFolder(), 'host.contract.json');
    const uses = [{ name: 'live_open', file: 'server.ts', line: 3 }];
    await writeFile(contract, JSON.stringify({ format: 1, name: 'server.ts', uses, unknown: [] }));
    const { release } = await open([gate(0)], { contract });
    await release(gate(1));
    await expect(release(gate(2))).rejects.toMatchObject({
      cause: { breaks: [{ symbol: 'live_open', usedBy: [{ kind: 'host', name: 'server.ts' }] }] },
    });
  });

  test('are kept from code that drains since the first one', async () => {
    const { swapper, release } = await open([gate(0), chat(1)]);
    const done = deferred();
    const held = swapper.call('live_say', () => done.promise);
    await release(gate(1), quiet);
    await release(gate(2));
    // The thread of the old version may still be busy with its end.
    await expect
      .poll(() => versionsOf(swapper, 'gate')[1]?.keptBy)
      .toEqual([{ kind: 'caller', plugin: 'chat', version: expect.any(String) }]);
    done.resolve();
    expect(await held).toBe('gate1');
    await untilSettled(swapper);
  });

  test('are kept from calls that have waited since before the first one', async () => {
    const { swapper, release } = await open([gate(0), quiet], { concurrency: 1 });
    const done = deferred();
    const go = () => done.promise;
    const waiting = Array.from({ length: 12 }, () => swapper.call('live_open', { gate: 'north', by: 1 }, go));
    await release(gate(1));
    await release(gate(2));
    const later = swapper.call('live_open', { gate: 'north' });
    expect(await later).toBe('gate2');
    done.resolve();
    const answers = await Promise.all(waiting);
    expect(new Set(answers)).toEqual(new Set(['gate0', 'gate1']));
    await untilSettled(swapper);
  });
});

test('a pinned version goes on to call the versions that it was built against, inside the pinned calls and beside them', async () => {
  const { swapper, release } = await open([gate(0), chat(1)]);
  const session = swapper.pin();
  const done = deferred();
  const beside = swapper.call('live_say', () => done.promise);
  await release(gate(1), quiet);
  await release(gate(2));
  expect(await session.call('live_say')).toBe('gate0');
  const reasons = (): string[] => {
    const [, ...kept] = versionsOf(swapper, 'gate');
    return kept.flatMap(({ keptBy }) => keptBy.map(({ kind }) => kind)).toSorted();
  };
  await expect.poll(reasons).toEqual(['caller', 'pins']);
  done.resolve();
  expect(await beside).toBe('gate1');
  expect(await session.call('live_say')).toBe('gate0');
  await session.release();
  await untilSettled(swapper);
});

test('an exclusive plugin runs what its successor cannot take before it yields, and rejects what comes during the pause', async () => {
  const paused = deferred();
  const [gated, yields] = [deferred(), deferred()];
  const pause = (): Promise<void> => {
    yields.resolve();
    return paused.promise;
  };
  const exclusive = (step: number): PluginText =>
    gate(step, {
      exclusive: true,
      live: { live_ring: `() => 'ring${step}'` },
      takes: { live_ring: 'any' },
      hooks:
        step === 0
          ? {
              onActive: `() => context.yielding.addEventListener('abort', () => context.vault.extension.gated())`,
              onYield: '() => context.vault.extension.pause()',
            }
          : {},
    });
  const { swapper, release } = await open([exclusive(0)], {
    concurrency: 1,
    extension: () => ({ pause, gated: gated.resolve }),
  });
  const done = deferred();
  const held = swapper.call('live_open', { gate: 'north', by: 1 }, () => done.promise);
  const unfit = Array.from({ length: 5 }, () => swapper.call('live_open', { gate: 'north', by: 1 }));
  const fit = swapper.call('live_ring');
  const reloaded = release(exclusive(2));
  await gated.promise;
  done.resolve();
  expect(await Promise.all([held, ...unfit])).toEqual(Array.from({ length: 6 }, () => 'gate0'));
  await yields.promise;
  const late = swapper.call('live_open', { gate: 'north', by: 1 });
  const ring = swapper.call('live_ring');
  const refused = expect(late).rejects.toMatchObject({ code: 'RETIRED' });
  paused.resolve();
  await reloaded;
  await refused;
  expect([await fit, await ring]).toEqual(['ring2', 'ring2']);
});

test('an idempotent call of a name that is gone is sent again to the version that has it, when its thread dies', async () => {
  const shop: PluginText = {
    name: 'shop',
    idempotent: ['live_charge'],
    live: {
      // The arguments of a repeated call are copied: a flag in the bag says when to continue.
      live_charge: `async () => {
        const bag = context.vault.dataBag;
        await context.vault.extension.begun();
        while (!(await bag.get('go'))) await new Promise((turn) => setTimeout(turn, 2));
        return 'charged';
      }`,
      live_burn: 'async (go) => { await go(); process.exit(1); }',
    },
  };
  const done = deferred();
  let begun = 0;
  const { swapper, release } = await open([shop], { extension: () => ({ begun: () => void begun++ }) });
  const charged = [swapper.call('live_charge'), swapper.call('live_charge')];
  const burnt = swapper.call('live_burn', () => done.promise);
  await until(() => begun === 2);
  await release({ name: 'shop', live: { live_ring: '() => 1' } });
  done.resolve();
  await expect(burnt).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await swapper.current.vault.dataBag.set('go', true);
  expect(await Promise.all(charged)).toEqual(['charged', 'charged']);
  expect(begun).toBe(4);
  await untilSettled(swapper);
});
