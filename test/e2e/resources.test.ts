import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LiveswapError } from '../../lib/index.js';
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
