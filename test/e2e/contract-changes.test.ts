import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLiveswapError, type Details, type Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { countThreads, noThreadLeft } from '../helpers/count-threads.js';
import { notedHooks, openJournal } from '../helpers/journal.js';
import { deployIn, loadIn, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const guardian = (release: number, more: Partial<PluginText> = {}): PluginText => ({
  name: 'guardian',
  live: { live_answer: `() => ${release}` },
  ...more,
});

const settled = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);
const codeOf = (error: unknown): unknown =>
  isLiveswapError(error) ? [error.code, (error.cause as { code?: string } | undefined)?.code] : error;

describe.each(modes)('in mode %s', (mode) => {
  test.for([
    ['close', 'onLoad'],
    ['close', 'onReload'],
    ['destroy', 'onLoad'],
    ['destroy', 'onReload'],
  ] as const)('%s() gives up a load that is in its %s, and leaves nothing', async ([how, stuck]) => {
    const journal = openJournal(await tempFolder());
    const before = countThreads();
    const never = '() => { note("onLoad"); return new Promise(() => {}); }';
    const hooks = notedHooks(stuck === 'onLoad' ? { onLoad: never } : {});
    const swapper = await deployIn(mode, [guardian(1, { module: journal.code, hooks })], {
      startMs: 3_600_000,
      onReload: () => (stuck === 'onReload' ? new Promise(() => {}) : undefined),
    });
    const load = settled(swapper.load());
    const noticed: string[] = [];
    const notice = (): string[] => {
      noticed.push(...journal.take());
      return noticed;
    };
    await expect.poll(notice).toContain(stuck === 'onLoad' ? 'guardian/0 onLoad' : 'guardian/0 onInit');
    const waiting = settled(swapper.load());
    await swapper[how]();
    expect(codeOf(await load)).toEqual(['LOAD_FAILED', 'CLOSED']);
    expect(codeOf(await waiting)).toEqual(['CLOSED', undefined]);
    if (how === 'close') expect(journal.take()).toEqual(['guardian/0 onFree']);
    await noThreadLeft(before);
  });

  test('close() lets what is pending finish, also in a pinned session, and what that calls', async () => {
    const before = countThreads();
    const swapper = await loadIn(mode, [
      guardian(1, {
        live: {
          live_job:
            'async (wait) => { await wait(); return [await context.vault.call("live_help"), await callImport("armory", "sword", [])]; }',
        },
        imports: ['armory'],
      }),
      { name: 'armory', exports: { sword: '() => "sword"' } },
      { name: 'herald', live: { live_help: '() => "help"' } },
    ]);
    const session = swapper.pin();
    let letGo!: () => void;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const jobs = [swapper.call('live_job', () => gate), session.call('live_job', () => gate)];
    const closed = swapper.close();
    await expect(session.call('live_help')).rejects.toMatchObject({ code: 'CLOSED' });
    letGo();
    expect(await Promise.all(jobs)).toEqual([
      ['help', 'sword'],
      ['help', 'sword'],
    ]);
    await closed;
    await session.release();
    await swapper.close();
    await noThreadLeft(before);
  });

  test('close() rejects what is still pending after drainMs; destroy() during it does not wait', async () => {
    const hung = guardian(1, { live: { live_hang: '() => new Promise(() => {})' } });
    const swapper = await loadIn(mode, [hung], { drainMs: 50 });
    const hanging = swapper.call('live_hang');
    const closed = swapper.close();
    await expect(hanging).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT', plugin: 'guardian' });
    await closed;
    const patient = await loadIn(mode, [hung], { drainMs: 3_600_000 });
    const cut = settled(patient.call('live_hang'));
    const closing = patient.close();
    await patient.destroy();
    expect(codeOf(await cut)).toEqual(['CLOSED', undefined]);
    await closing;
  });

  test('a session is released, and a swapper closed, at the end of their block', async () => {
    const before = countThreads();
    let kept: Swapper;
    {
      await using swapper = await loadIn(mode, [guardian(1)]);
      await using session = swapper.pin();
      expect(await session.call('live_answer')).toBe(1);
      kept = swapper;
    }
    expect(() => kept.current).toThrow('This swapper is closed.');
    await noThreadLeft(before);
  });
});

test('reloads run one after the other: one that is asked for during another sees what is deployed by then', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian(1));
  const swapper = openSwapper(folder);
  const order: string[] = [];
  const note = (name: string) => (details: Details) => order.push(`${name} ${details['guardian']}`);
  const load = swapper.load().then(note('load'));
  let second: Promise<unknown> | undefined;
  let third: Promise<unknown> | undefined;
  const onReload = async (): Promise<void> => {
    third = swapper.reload().then(note('third'));
    await deploy(folder, guardian(3));
  };
  await load;
  await deploy(folder, guardian(2));
  second = swapper.reload(undefined, { onReload }).then(note('second'));
  const broken = swapper.reload(undefined, { onReload: () => Promise.reject(new Error('veto')) });
  await expect(broken).rejects.toMatchObject({ cause: { code: 'RELOAD_VETOED' } });
  await second;
  await third;
  expect(order).toEqual(['load ok', 'second ok', 'third ok']);
  expect(await swapper.call('live_answer')).toBe(3);
});

test('another plugin folder takes effect with the next reload; the copies of both are gone at the end', async () => {
  const [folder, other] = [await tempFolder(), await tempFolder()];
  await deploy(folder, guardian(1), { name: 'herald' });
  await deploy(other, guardian(2), { name: 'herald' });
  const swapper = openSwapper(folder);
  await swapper.load();
  swapper.pluginDir = other;
  expect(await swapper.call('live_answer')).toBe(1);
  expect(await swapper.reload()).toEqual({ guardian: 'ok', herald: 'unchanged' });
  expect(swapper.current.plugin('guardian').file).toBe(join(other, 'guardian.plugin.mjs'));
  expect(await swapper.call('live_answer')).toBe(2);
  await rm(folder, { recursive: true });
  await swapper.close();
  expect(existsSync(join(other, '.versions'))).toBe(false);
});

for (const how of ['close', 'destroy'] as const) {
  for (const stuck of ['onLoad', 'onReload'] as const) {
    test(`${how}() gives up a reload that is in its ${stuck}, and leaves nothing`, async () => {
      const folder = await tempFolder();
      const journal = openJournal(folder);
      const before = countThreads();
      const noted = { module: journal.code, hooks: notedHooks() };
      await deploy(folder, guardian(1, noted));
      const swapper = openSwapper(folder, { startMs: 3_600_000 });
      await swapper.load();
      const never = '() => { note("onLoad"); return new Promise(() => {}); }';
      const hooks = notedHooks(stuck === 'onLoad' ? { onLoad: never } : {});
      await deploy(folder, guardian(2, { ...noted, hooks }));
      journal.take();
      const reload = settled(
        swapper.reload(undefined, {
          onReload: () => (stuck === 'onReload' ? new Promise(() => {}) : undefined),
        }),
      );
      const noticed: string[] = [];
      const notice = (): string[] => {
        noticed.push(...journal.take());
        return noticed;
      };
      await expect.poll(notice).toContain(stuck === 'onLoad' ? 'guardian/0 onLoad' : 'guardian/0 onInit');
      const waiting = settled(swapper.reload());
      await swapper[how]();
      expect(codeOf(await reload)).toEqual(['RELOAD_FAILED', 'CLOSED']);
      expect(codeOf(await waiting)).toEqual(['CLOSED', undefined]);
      // Both versions are freed by close(), the one that served and the one that came up; destroy() waits for nothing.
      if (how === 'close') expect(journal.take()).toEqual(['guardian/0 onFree', 'guardian/0 onFree']);
      await noThreadLeft(before);
      expect(existsSync(join(folder, '.versions'))).toBe(false);
      await expect(swapper.call('live_answer')).rejects.toMatchObject({ code: 'CLOSED' });
    });
  }
}

/** Plugins in a fixed order: each may import those before it. */
const names = ['armory', 'forge', 'guardian', 'herald'] as const;
interface Edit {
  readonly isThere: boolean;
  readonly release: number;
  readonly imports: readonly number[];
  readonly isBroken: boolean;
}
const edits: fc.Arbitrary<Edit> = fc.record({
  isThere: fc.boolean(),
  release: fc.nat({ max: 1 }),
  imports: fc.uniqueArray(fc.nat({ max: 2 }), { maxLength: 2 }),
  isBroken: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
});
const deploys = fc.array(fc.tuple(edits, edits, edits, edits), { minLength: 3, maxLength: 4 });

test(
  'random graphs and edits: what answers is what a small model says, and nothing is left over',
  { timeout: 90_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(deploys, async (history) => {
        const folder = await tempFolder();
        const before = countThreads();
        const swapper = openSwapper(folder);
        let model: Record<string, unknown> = {};
        for (const plugins of history) {
          const present = names.filter((_name, index) => plugins[index]?.isThere);
          for (const name of names) await rm(join(folder, `${name}.plugin.mjs`), { force: true });
          const texts = present.map((name): PluginText => {
            const { release, imports, isBroken } = plugins[names.indexOf(name)] as Edit;
            const dependencies = imports
              .filter((index) => index < names.indexOf(name))
              .map((index) => names[index] as string)
              .filter((other) => present.includes(other as never));
            const asked = dependencies
              .map((other) => `...(await callImport("${other}", "tell", []))`)
              .join(', ');
            return {
              name,
              imports: dependencies,
              module: `const tell = async () => ({ ${name}: ${release}, ${asked} });`,
              exports: { tell: 'tell' },
              live: { [`live_${name}`]: 'tell' },
              hooks: isBroken ? { onInit: '() => { throw new Error("not today"); }' } : {},
            };
          });
          await deploy(folder, ...texts);
          const told = (name: string): Record<string, number> => {
            const text = texts.find((one) => one.name === name) as PluginText;
            const below = (text.imports as string[]).map(told);
            return Object.assign(
              { [name]: plugins[names.indexOf(name as never)]?.release ?? -1 },
              ...below,
            ) as Record<string, number>;
          };
          const isFine = texts.length > 0 && texts.every(({ hooks }) => hooks?.['onInit'] === undefined);
          const isFirst = Object.keys(model).length === 0;
          const outcome = await settled(isFirst ? swapper.load() : swapper.reload());
          expect(isLiveswapError(outcome)).toBe(!isFine);
          if (isFine) model = Object.fromEntries(present.map((name) => [name, told(name)]));
          for (const name of names) {
            const answer = settled(swapper.call(`live_${name}`));
            if (name in model) expect(await answer).toEqual(model[name]);
            else
              expect(await answer).toMatchObject({
                code: expect.stringMatching(/FUNCTION_UNKNOWN|NOT_LOADED/),
              });
          }
          await noThreadLeft(before + Object.keys(model).length);
        }
        await swapper.close();
        await noThreadLeft(before);
      }),
      { numRuns: 5 },
    );
  },
);
