import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BuildSession } from '../../lib/compiler/index.js';
import type { Swapper, SwapperOptions, VersionStats } from '../../lib/index.js';
import { deferred } from '../helpers/deferred.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { sharedFolder } from '../helpers/shared-folder.js';
import { until } from '../helpers/until.js';
import { writePlugins } from '../helpers/write-plugins.js';

const plugin = (code: string): { 'index.ts': string } => ({
  'index.ts': `import { context, definePlugin } from 'liveswap/plugin';\n${code}\nexport default definePlugin({});`,
});

const opens = plugin('export const live_open = async (gate: string) => `${gate} is open`;');
const chats = plugin(`export const live_say = () => context.vault.call('live_open', 'north');`);

/** Each release has the plugins that it names, and all others from the first release. */
const releases = {
  first: { gate: opens, chat: chats },
  /** A parameter has another type. */
  retyped: {
    gate: plugin('export const live_open = async (gate: { name: string }) => `${gate.name} is open`;'),
  },
  /** The parameter has another type, and the callers have been adapted. */
  adapted: {
    gate: plugin('export const live_open = async (gate: { name: string }) => `${gate.name} is open`;'),
    chat: plugin(`export const live_say = () => context.vault.call('live_open', { name: 'north' });`),
  },
  renamed: { gate: plugin('export const live_unlock = async (gate: string) => `${gate} is open`;') },
  followed: {
    gate: plugin('export const live_unlock = async (gate: string) => `${gate} is open`;'),
    chat: plugin(`export const live_say = () => context.vault.call('live_unlock', 'north');`),
  },
  widened: {
    gate: plugin(
      'export const live_open = async (gate: string | number, by?: string) => `${gate} is open` + (by ?? "");',
    ),
  },
  allowed: {
    gate: plugin(
      '/** @breaking gates have names now */\nexport const live_open = async (gate: { name: string }) => `${gate.name} is open`;',
    ),
  },
  /** The tag is still there, and another change breaks callers. */
  allowedAgain: {
    gate: plugin(
      '/** @breaking gates have names now */\nexport const live_open = async (gate: number) => gate;',
    ),
  },
  removed: {
    gate: {
      'index.ts': `import { definePlugin } from 'liveswap/plugin';
        export default definePlugin({ removed: { live_open: 'gates open by themselves' } });`,
    },
  },
  /** Calls can be held up here, and nobody in the next release uses what breaks. */
  busy: {
    gate: plugin(
      `export const live_open = async (gate: string) => gate + ' is open';
       export const live_block = (go: () => Promise<unknown>) => go();`,
    ),
    chat: plugin(
      `export const live_later = async (go: () => Promise<void>) => {
         await go();
         return context.vault.call('live_open', 'north');
       };`,
    ),
  },
  busyNext: {
    gate: plugin(
      `export const live_open = async (gate: { name: string }) => gate.name + ' is wide open';
       export const live_block = (go: () => Promise<unknown>) => go();`,
    ),
    chat: plugin('export const live_later = async (go: () => Promise<void>) => go();'),
  },
  alone: { gate: opens, chat: plugin('export const live_say = () => 1;') },
} as const;

const folder = sharedFolder();

// One session builds all releases: only the first build has to read the types of the language.
beforeAll(async () => {
  const plugins = join(folder(), 'plugins');
  const outDir = join(folder(), 'out');
  const session = new BuildSession({ sources: [plugins], outDir, typecheck: false, rules: false });
  for (const [release, changed] of Object.entries(releases)) {
    const sources = await writePlugins(plugins, { ...releases.first, ...changed });
    await session.rebuild(sources.map((source) => join(source, 'index.ts')));
    await cp(outDir, join(folder(), release), { recursive: true });
  }
  await session.close();
});

type Name = keyof typeof releases;

/** Opens a swapper that runs one release; `next` reloads into another one. */
async function running(
  release: Name,
  options: SwapperOptions = {},
): Promise<{ swapper: Swapper; next: (name: Name) => ReturnType<Swapper['reload']> }> {
  const deployed = await tempFolder();
  const deploy = (name: Name): Promise<void> => cp(join(folder(), name), deployed, { recursive: true });
  await deploy(release);
  const swapper = openSwapper(deployed, { standby: false, ...options });
  await swapper.load();
  return {
    swapper,
    next: async (name) => {
      await deploy(name);
      return swapper.reload();
    },
  };
}

describe('a reload', () => {
  it('that breaks what a plugin uses is refused with what breaks, and who uses it', async () => {
    const { swapper, next } = await running('first');
    await expect(next('retyped')).rejects.toMatchObject({
      code: 'RELOAD_FAILED',
      cause: {
        code: 'CONTRACT_BROKEN',
        message: expect.stringContaining(
          'live_open(gate): parameter gate was string, is { name: string }; used by chat',
        ),
        breaks: [
          {
            symbol: 'live_open',
            kind: 'parameter',
            before: 'string',
            after: '{ name: string }',
            usedBy: [{ kind: 'plugin', name: 'chat' }],
          },
        ],
      },
    });
    expect(await swapper.call('live_say')).toBe('north is open');
    await expect(next('renamed')).rejects.toMatchObject({
      cause: { code: 'CONTRACT_BROKEN', breaks: [{ symbol: 'live_open', kind: 'removed', after: 'absent' }] },
    });
  });

  it('that breaks nothing, or changes those who use it as well, goes through', async () => {
    const { swapper, next } = await running('first');
    expect(String(await next('widened'))).toBe('chat: unchanged, gate: ok');
    await next('adapted');
    expect(await swapper.call('live_say')).toBe('north is open');
    const { swapper: other, next: follow } = await running('first');
    await follow('followed');
    expect(await other.call('live_say')).toBe('north is open');
  });

  it('breaks what nobody is known to use, unless compatibility is strict', async () => {
    const { next: strictly } = await running('first', { compatibility: 'strict' });
    await expect(strictly('followed')).rejects.toMatchObject({
      cause: { code: 'CONTRACT_BROKEN', breaks: [{ symbol: 'live_open', usedBy: [] }] },
    });
    const { swapper, next: loosely } = await running('first', { compatibility: 'off' });
    await loosely('renamed');
    await expect(swapper.call('live_say')).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });
  });

  it('counts what the contract of the host names', async () => {
    const contract = join(await tempFolder(), 'host.contract.json');
    const uses = [{ name: 'live_open', file: 'server.ts', line: 3 }];
    await writeFile(contract, JSON.stringify({ format: 1, name: 'server.ts', uses, unknown: [] }));
    const { next } = await running('alone', { contract });
    await expect(next('followed')).rejects.toMatchObject({
      cause: {
        breaks: [{ symbol: 'live_open', kind: 'removed', usedBy: [{ kind: 'host', name: 'server.ts' }] }],
        message: expect.stringContaining('used by host contract'),
      },
    });
    const unreadable = { cause: { code: 'OPTION_INVALID', option: 'contract' } };
    await rm(contract);
    await expect(next('followed')).rejects.toMatchObject(unreadable);
    await expect(running('alone', { contract })).rejects.toMatchObject(unreadable);
  });

  it('says what a host without a contract has called, when that goes', async () => {
    const { swapper, next } = await running('first');
    await swapper.call('live_open', 'south');
    expect(String(await next('followed'))).toContain('live_open(gate) is gone, which this host has called');
  });

  it('may break for a reason that it gives, once', async () => {
    const { swapper, next } = await running('first');
    const told: string[] = [];
    swapper.on('contractChanged', ({ message }) => told.push(message));
    const details = await next('allowed');
    expect(String(details)).toContain('let through: gates have names now');
    expect(told).toEqual([expect.stringContaining('live_open(gate): parameter gate was string')]);
    await expect(next('allowedAgain')).rejects.toMatchObject({ cause: { code: 'CONTRACT_BROKEN' } });
  });

  it('may take a name away that it says it removes', async () => {
    const { next } = await running('first');
    expect(String(await next('removed'))).toContain('let through: gates open by themselves');
  });

  it('never refuses to go back', async () => {
    const { swapper, next } = await running('first');
    await next('adapted');
    await swapper.rollback();
    expect(await swapper.call('live_say')).toBe('north is open');
  });
});

describe('calls that were made before a release that they do not fit', () => {
  it('stay with the version in whose queue they wait, and later ones go to the new one', async () => {
    const { swapper, next } = await running('busy', { concurrency: 1 });
    const done = deferred<void>();
    const blocked = swapper.call('live_block', () => done.promise);
    const waiting = Array.from({ length: 20 }, () => swapper.call('live_open', 'north'));
    const fits = swapper.call('live_block', async () => 'both have it');
    await next('busyNext');
    // A call that the new version can take does not wait for the old one.
    expect(await fits).toBe('both have it');
    expect(await swapper.call('live_open', { name: 'south' })).toBe('south is wide open');
    done.resolve();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['north is open']));
    await blocked;
    await until(() => liveVersions(swapper, 'gate') === 1);
  });

  it('are answered by the version that had them when code that drains makes them', async () => {
    const { swapper, next } = await running('busy');
    const done = deferred<void>();
    const later = swapper.call('live_later', () => done.promise);
    await next('busyNext');
    // The thread of the old version may still be busy with its end.
    await expect
      .poll(() => versionsOf(swapper, 'gate')[1]?.keptBy)
      .toEqual([{ kind: 'caller', plugin: 'chat', version: expect.any(String) as string }]);
    done.resolve();
    expect(await later).toBe('north is open');
    await until(() => liveVersions(swapper, 'gate') === 1 && liveVersions(swapper, 'chat') === 1);
  });
});

function versionsOf(swapper: Swapper, plugin: string): readonly VersionStats[] {
  return swapper.stats().plugins.find((one) => one.plugin === plugin)?.versions ?? [];
}

function liveVersions(swapper: Swapper, plugin: string): number {
  return versionsOf(swapper, plugin).length;
}
