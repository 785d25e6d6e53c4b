import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LiveswapError, Swapper } from '../../lib/index.js';
import { modes, useBuilt } from '../helpers/modes.js';
import { tempFolder } from '../helpers/temp-folder.js';

const journal = `
import { appendFileSync } from 'node:fs';
export const note = (text: string): void => appendFileSync(process.env.JOURNAL!, text + '\\n');
`;

const guardian = {
  'journal.ts': journal,
  'armory.ts': `
    import { resource } from 'liveswap/plugin';
    import { note } from './journal.js';
    const gate = resource(() => {
      note('open gate');
      if (process.env.BROKEN) throw new RangeError('the hinge broke');
      return { state: 'open' };
    }, () => note('close gate'));
    export const sword = resource(async () => { note('open sword'); return { name: 'Ida', of: gate() }; }, (sword) => note('close ' + sword.name));
  `,
  'index.ts': `
    import { definePlugin } from 'liveswap/plugin';
    import { note } from './journal.js';
    import { sword } from './armory.js';
    const tried = (): string => { try { return sword().name; } catch (error) { return (error as { code: string }).code; } };
    note('module ' + tried());
    export const live_draw = () => sword().name + ' ' + sword().of.state;
    export default definePlugin({
      exports: () => { note('exports ' + tried()); return {}; },
      onLoad() { note('onLoad ' + tried()); },
      onFree() { note('onFree ' + tried()); },
    });
  `,
};

describe.each(modes)('in mode %s', (mode) => {
  const open = useBuilt({ guardian });

  /** Loads the plugin with a journal. `env` is set in this process, because static plugins see the environment of the host. */
  async function withJournal(env: Readonly<Record<string, string>> = {}) {
    const file = join(await tempFolder(), 'journal.txt');
    const given = { ...env, JOURNAL: file };
    if (mode === 'static') Object.assign(process.env, { BROKEN: '' }, given);
    const swapper = await open(mode, { env: { ...process.env, ...given } });
    return { swapper, notes: async () => (await readFile(file, 'utf8')).trimEnd().split('\n') };
  }

  test('resources are open from before onLoad to the end of onFree', async () => {
    const { swapper, notes } = await withJournal();
    await swapper.load();
    expect(await swapper.call('live_draw')).toBe('Ida open');
    await swapper.close();
    const all = await notes();
    // A statically linked module was evaluated by its import, before it is loaded.
    expect(all.filter((line) => !line.startsWith('module'))).toEqual([
      'exports NOT_LOADED',
      'open gate',
      'open sword',
      'onLoad Ida',
      'onFree Ida',
      'close Ida',
      'close gate',
    ]);
    if (mode === 'threads') expect(all[0]).toBe('module NOT_LOADED');
  });

  test('one that cannot be opened fails the load, and is named as its constant is', async () => {
    const { swapper, notes } = await withJournal({ BROKEN: 'yes' });
    const error = (await swapper.load().catch((reason: unknown) => reason)) as LiveswapError;
    expect(error.code).toBe('LOAD_FAILED');
    expect(error.cause).toMatchObject({
      code: 'HOOK_FAILED',
      hook: 'resource',
      resource: 'gate',
      plugin: 'guardian',
      thread: 0,
      cause: { message: 'the hinge broke' },
    });
    expect(await notes()).not.toContain('close gate');
  });
});

// In process, what never settles would go on waiting in the next load.
describe('a resource that takes too long', () => {
  const open = useBuilt({
    guardian: {
      'index.ts': `
        import { definePlugin, resource } from 'liveswap/plugin';
        const never = (): Promise<void> => new Promise(() => {});
        const waits = (when: string): boolean => process.env.WAITS === when;
        export const gate = resource(() => (waits('open') ? never() : undefined), () => (waits('close') ? never() : undefined));
        export const sword = resource(() => gate());
        export const watch = resource(() => (waits('active') ? never() : undefined), undefined, { open: 'active' });
        export default definePlugin({ onActive() {} });
      `,
    },
  });

  function waiting(WAITS: string): Promise<Swapper> {
    return open('threads', { env: { ...process.env, WAITS }, startMs: 2_000, freeMs: 300, yieldMs: 300 });
  }

  test.for([
    ['open', 'gate'],
    ['active', 'watch'],
  ] as const)('to open is named: %s', async ([when, resource]) => {
    const swapper = await waiting(when);
    await expect(swapper.load()).rejects.toMatchObject({
      cause: {
        code: 'HOOK_FAILED',
        hook: 'resource',
        resource,
        message: expect.stringContaining(`within 2000 ms (startMs); it waits for the resource ${resource}`),
      },
    });
  });

  test('to close is named', async () => {
    const swapper = await waiting('close');
    const failures: LiveswapError[] = [];
    swapper.on('hookFailed', ({ error }) => failures.push(error));
    await swapper.load();
    await swapper.close();
    expect(failures).toMatchObject([{ code: 'HOOK_FAILED', hook: 'resource', resource: 'gate' }]);
  });
});
