import { copyFile, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../lib/compiler/index.js';
import type { Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { countThreads, noThreadLeft } from '../helpers/count-threads.js';
import { deployIn, linkStatically, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { withPage } from '../helpers/with-page.js';
import { Workshop } from '../helpers/workshop.js';

const guardian = {
  'index.ts': `
import { definePlugin } from 'liveswap/plugin';
export default definePlugin({});
`,
  'gate.ts': `
const RELEASE = 1;
export function live_answer(): number { return RELEASE; }
`,
};

/** Loads a plugin that serves release 1. */
async function serve(): Promise<{ workshop: Workshop; swapper: Swapper; artifact: string }> {
  const workshop = await Workshop.open({ guardian });
  const swapper = openSwapper(workshop.outDir);
  await swapper.load();
  expect(await swapper.call('live_answer')).toBe(1);
  return { workshop, swapper, artifact: join(workshop.outDir, 'guardian.plugin.mjs') };
}

/** Checks that release 1 still serves, in the same threads, and that the next good release comes up as if nothing had been. */
async function expectUnharmed(workshop: Workshop, swapper: Swapper, threads: number): Promise<void> {
  expect(await swapper.call('live_answer')).toBe(1);
  expect(swapper.reloads).toBe(0);
  // Nobody waits for the end of the threads of the refused release.
  await noThreadLeft(threads);
  await workshop.edit('guardian/gate.ts', /const RELEASE.*\n/, 'const RELEASE = 2;\n');
  await workshop.build();
  await swapper.reload();
  expect(await swapper.call('live_answer')).toBe(2);
}

describe.each(modes)('in mode %s, a load refuses', (mode) => {
  const armory: PluginText = {
    name: 'armory',
    live: { live_fire: '() => 1' },
    exports: { sword: '() => 1' },
  };

  const refused: readonly { what: string; plugins: readonly PluginText[]; cause: object }[] = [
    {
      what: 'an import of a plugin that is not there',
      plugins: [armory, { name: 'guardian', imports: ['forge'] }],
      cause: {
        code: 'DEPENDENCY_UNKNOWN',
        plugin: 'guardian',
        dependency: 'forge',
        message: expect.stringContaining('which is not there; there are armory, guardian.'),
      },
    },
    {
      what: 'a circle, which it draws',
      plugins: [
        { name: 'guardian', imports: ['herald'] },
        { name: 'herald', imports: ['guardian'] },
      ],
      cause: { code: 'DEPENDENCY_CYCLE', message: expect.stringContaining('guardian -> herald -> guardian') },
    },
    {
      what: 'a live function of two plugins',
      plugins: [armory, { name: 'guardian', live: { live_fire: '() => 2' } }],
      cause: { code: 'LIVE_DUPLICATE', plugins: ['armory', 'guardian'] },
    },
    {
      what: 'a live type of two plugins',
      plugins: [
        { name: 'armory', types: { Live_Fire: 'class Live_Fire {}' } },
        { name: 'guardian', types: { Live_Fire: 'class Live_Fire {}' } },
      ],
      cause: { code: 'LIVE_DUPLICATE', plugins: ['armory', 'guardian'] },
    },
    {
      what: 'an import of a method that is not exported',
      plugins: [armory, { name: 'guardian', imports: [{ plugin: 'armory', methods: [{ name: 'shield' }] }] }],
      cause: {
        code: 'IMPORT_MISMATCH',
        message: withPage(
          'IMPORT_MISMATCH',
          'guardian needs armory.shield(), which armory does not export; it exports sword.',
        ),
      },
    },
    {
      what: 'an import of a method that turns out not to be exported',
      plugins: [
        { name: 'armory', hooks: { exports: 'async () => ({ sword: () => 1 })' } },
        { name: 'guardian', imports: [{ plugin: 'armory', methods: [{ name: 'shield' }] }] },
      ],
      cause: { code: 'IMPORT_MISMATCH', plugin: 'guardian', dependency: 'armory', method: 'shield' },
    },
    {
      what: 'a plugin that cannot be reloaded and needs one that can',
      plugins: [armory, { name: 'guardian', imports: ['armory'], hooks: { reloadable: '() => false' } }],
      cause: { code: 'DEPENDENCY_RELOADABLE', plugin: 'guardian' },
    },
  ];

  test.for(refused)('$what', async ({ plugins, cause }) => {
    const threads = countThreads();
    const swapper = await deployIn(mode, plugins);
    await expect(swapper.load()).rejects.toMatchObject({ code: 'LOAD_FAILED', cause });
    expect(() => swapper.current).toThrow(expect.objectContaining({ code: 'NOT_LOADED' }));
    await noThreadLeft(threads);
  });

  test('names in only that are not there, and lists them all', async () => {
    const options = { only: ['guardian', 'Armory', 'banner'] };
    await expect((await deployIn(mode, [armory], options)).load()).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      cause: {
        code: 'PLUGIN_MISSING',
        missing: ['guardian', 'banner'],
        message: expect.stringMatching(/: guardian, banner; there are armory\./),
      },
    });
    const some = await deployIn(mode, [armory, { name: 'guardian', imports: ['forge'] }], {
      only: ['ARMORY'],
    });
    expect(await some.load()).toEqual({ armory: 'ok' });
  });
});

test('two plugins of one name are refused also when they are linked statically', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian' });
  const plugins = await linkStatically(folder);
  const guardian = plugins['guardian'] ?? expect.fail();
  const other = { ...guardian, manifest: { ...guardian.manifest, name: 'GUARDIAN' } };
  const swapper = openSwapper(folder, { static: { ...plugins, other } });
  await expect(swapper.load()).rejects.toMatchObject({ cause: { code: 'PLUGIN_DUPLICATE' } });
});

describe('the build refuses a source file', () => {
  test.for([
    ['with a syntax error', 'const RELEASE = = 1;\n', /expected/i],
    ['with a type error', "const RELEASE: number = 'one';\n", /not assignable/],
  ] as const)('%s by its name and line, and leaves the artifact as it was', async ([, line, why]) => {
    const { workshop, swapper, artifact } = await serve();
    const threads = countThreads();
    const bytes = await readFile(artifact);
    await workshop.edit('guardian/gate.ts', /const RELEASE.*\n/, line);

    const [finding] = findingsOf(await workshop.build());

    expect(finding).toMatchObject({
      rule: 'types',
      file: workshop.source('guardian/gate.ts'),
      line: 2,
      problem: expect.stringMatching(why),
    });
    expect(await readFile(artifact)).toEqual(bytes);
    expect(await swapper.reload()).toEqual({ guardian: 'unchanged' });
    expect(await swapper.call('live_answer')).toBe(1);
    expect(countThreads()).toBe(threads);
  });
});

describe('a reload refuses', () => {
  test('code that throws when it is imported, by the name of its artifact and with what it threw', async () => {
    const { workshop, swapper, artifact } = await serve();
    const threads = countThreads();
    await workshop.edit(
      'guardian/gate.ts',
      /const RELEASE.*\n/,
      "const RELEASE: number = ((): number => { throw new RangeError('The forge is cold.'); })();\n",
    );
    expect(findingsOf(await workshop.build())).toEqual([]);

    await expect(swapper.reload()).rejects.toMatchObject({
      code: 'RELOAD_FAILED',
      plugin: 'guardian',
      message: expect.stringContaining(artifact),
      cause: {
        code: 'START_FAILED',
        file: artifact,
        cause: {
          name: 'RangeError',
          message: 'The forge is cold.',
          stack: expect.stringContaining('gate.ts'),
        },
      },
    });
    await expectUnharmed(workshop, swapper, threads);
  });

  test('a folder that is not there, by its path', async () => {
    const { workshop, swapper } = await serve();
    const threads = countThreads();
    const folder = join(workshop.outDir, 'elsewhere');
    swapper.pluginDir = folder;
    await expect(swapper.reload()).rejects.toMatchObject({
      code: 'RELOAD_FAILED',
      cause: { code: 'NO_PLUGINS', folder, message: expect.stringContaining(folder) },
    });
    swapper.pluginDir = workshop.outDir;
    await expectUnharmed(workshop, swapper, threads);
  });

  test('an artifact that is gone, when it was the last', async () => {
    const { workshop, swapper, artifact } = await serve();
    const threads = countThreads();
    await rename(artifact, `${artifact}.away`);
    await expect(swapper.reload()).rejects.toMatchObject({
      cause: { code: 'NO_PLUGINS', folder: workshop.outDir },
    });
    await rename(`${artifact}.away`, artifact);
    await expectUnharmed(workshop, swapper, threads);
  });

  test.for([
    ['truncated', (file: string) => truncate(file, 400), /truncated|first line/],
    ['altered', (file: string) => alter(file), /changed after the build/],
    ['foreign', (file: string) => writeFile(file, 'export const live_answer = () => 2;\n'), /not made by/],
    ['empty', (file: string) => truncate(file, 0), /is empty/],
  ] as const)('an artifact that is %s, by its name', async ([, harm, why]) => {
    const { workshop, swapper, artifact } = await serve();
    const threads = countThreads();
    await copyFile(artifact, `${artifact}.whole`);
    await harm(artifact);
    const refused = swapper.reload();
    await expect(refused).rejects.toMatchObject({
      code: 'RELOAD_FAILED',
      cause: { code: 'ARTIFACT_INVALID', file: artifact, message: expect.stringMatching(why) },
    });
    await expect(refused).rejects.toThrow(artifact);
    await rename(`${artifact}.whole`, artifact);
    await expectUnharmed(workshop, swapper, threads);
  });
});

/** Changes one digit in the code of an artifact. */
async function alter(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('RELEASE = 1', 'RELEASE = 7'));
}
