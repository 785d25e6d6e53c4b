import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { openJournal } from '../helpers/journal.js';
import { LifeOfVersions } from '../helpers/life-of-versions.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Deploys a guardian whose calls go on until they are told to stop, and which notes what it is told. */
async function deployGuardian(folder: string): Promise<() => string[]> {
  const journal = openJournal(folder);
  await deploy(folder, {
    name: 'guardian',
    module: journal.code,
    hooks: { onFree: "async () => { note('freed'); }" },
    live: {
      live_watch: `() => new Promise(() => {
        const { signal } = context.call;
        signal.addEventListener('abort', () => note('told ' + signal.reason.code));
      })`,
      live_rounds: `async function* () {
        try { for (let round = 1; ; round++) yield round; } finally { note('went home'); }
      }`,
    },
  });
  return () => journal.take();
}

test.for(['reload', 'close'] as const)(
  'calls and iterators that are cut off at the end of a drain by %s are told so, and onFree runs in every thread, idle ones too',
  async (how) => {
    const folder = await tempFolder();
    const take = await deployGuardian(folder);
    const swapper = openSwapper(folder, { threads: 3, drainMs: 100 });
    await swapper.load();
    const life = new LifeOfVersions(swapper);
    const watch = swapper.call('live_watch');
    const rounds = (await swapper.call('live_rounds')) as AsyncGenerator<number>;
    expect(await rounds.next()).toEqual({ done: false, value: 1 });

    const cut = expect(watch).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT' });
    if (how === 'close') await swapper.close();
    else {
      await deploy(folder, { name: 'guardian' });
      await swapper.reload();
      await life.untilRetired(1);
    }
    await cut;
    const said = take();
    const words = said.map((line) => line.replace(/^guardian\/\d /, ''));
    expect(words.toSorted()).toEqual(['freed', 'freed', 'freed', 'told DRAIN_TIMEOUT', 'went home']);
    for (const thread of ['guardian/0', 'guardian/1', 'guardian/2'])
      expect(said.findLast((line) => line.startsWith(thread))).toBe(`${thread} freed`);
  },
);

const begun = 400;
const chest = 'x'.repeat(20_000);

test.for([
  ['that retires', {}],
  ['that is given up as it comes up', { onInit: "() => { throw new Error('not today'); }" }],
] as const)('a thread of a version %s ends when the work it has begun is done', async ([, hooks]) => {
  const folder = await tempFolder();
  const vault = await tempFolder();
  await deploy(folder, {
    name: 'armory',
    module: `
import { writeFile } from 'node:fs';
import { join } from 'node:path';
const store = () => {
  for (let at = 0; at < ${begun}; at++) writeFile(join(${JSON.stringify(vault)}, String(at)), 'x'.repeat(${chest.length}), () => {});
};`,
    hooks: { ...hooks, onFree: '() => store()' },
  });
  const swapper = openSwapper(folder);
  const loaded = swapper.load();
  if ('onInit' in hooks) await expect(loaded).rejects.toMatchObject({ code: 'LOAD_FAILED' });
  else await loaded;
  await swapper.close();
  const stored = readdirSync(vault);
  expect(stored).toHaveLength(begun);
  for (const name of stored) expect(readFileSync(join(vault, name), 'utf8')).toBe(chest);
});
