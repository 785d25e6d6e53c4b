import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { MethodFacts } from '../../lib/manifest/manifest.js';
import { shapeText } from '../../lib/manifest/shape-text.js';
import type { FunctionShape, Shape } from '../../lib/manifest/shape.js';
import { unreadable } from '../../lib/manifest/artifact.js';
import { readArtifacts } from '../../lib/swap/read-artifacts.js';
import { planReload } from '../../lib/swap/plan.js';
import { composePlugin, deploy } from '../helpers/compose-plugin.js';
import { candidate, type PluginFacts } from '../helpers/manifests.js';
import { either } from '../helpers/shapes.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { withPage } from '../helpers/with-page.js';

const planned = (...plugins: readonly PluginFacts[]): unknown =>
  planReload(plugins.map(candidate), new Map());

/** Returns the error that `run` throws, as a plain object with its message. */
function refusal(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    const { message, ...fields } = error as Error;
    return { ...fields, message };
  }
  throw new Error('expected a refusal');
}

test('a plugin that imports one that is not there is named, with the file that imports it', () => {
  expect(
    refusal(() => planned({ name: 'guardian', imports: { Armory: [] } }, { name: 'herald' })),
  ).toMatchObject({
    code: 'DEPENDENCY_UNKNOWN',
    plugin: 'guardian',
    dependency: 'Armory',
    message: withPage(
      'DEPENDENCY_UNKNOWN',
      'guardian imports Armory (deps.ts:3), which is not there; there are guardian, herald.',
    ),
  });
});

const circles: Readonly<Record<string, readonly string[]>> = {
  'armory -> armory': ['armory'],
  'armory -> forge -> armory': ['armory', 'forge'],
  'armory -> forge -> guardian -> herald -> armory': ['armory', 'forge', 'guardian', 'herald'],
};

for (const [drawn, names] of Object.entries(circles)) {
  test(`a circle of ${names.length} is drawn: ${drawn}`, () => {
    const ring = names.map((name, index) => ({
      name,
      imports: { [names[(index + 1) % names.length] as string]: [] },
    }));
    const outside = { name: 'banner', imports: { armory: [] } };
    expect(refusal(() => planned(outside, ...ring))).toMatchObject({
      code: 'DEPENDENCY_CYCLE',
      plugins: names,
      files: names.map((name) => `/plugins/${name}.plugin.mjs`),
      message: expect.stringContaining(` ${drawn};`),
    });
  });
}

test('live functions and live types of one name are refused with both plugins and both files', () => {
  const two = (kind: 'live' | 'types', name: string): PluginFacts[] => [
    { name: 'armory', [kind]: { [name]: 'jobs/fire.ts' } },
    { name: 'guardian', [kind]: { [name]: 'watch.ts' } },
  ];
  expect(refusal(() => planned(...two('live', 'live_fire')))).toMatchObject({
    name: 'LiveswapError',
    code: 'LIVE_DUPLICATE',
    symbol: 'live_fire',
    plugins: ['armory', 'guardian'],
    files: ['jobs/fire.ts', 'watch.ts'],
    message: withPage(
      'LIVE_DUPLICATE',
      'The live function live_fire is in armory (jobs/fire.ts) and in guardian (watch.ts); rename one of them.',
    ),
  });
  expect(refusal(() => planned(...two('types', 'Live_Fire')))).toMatchObject({
    code: 'LIVE_DUPLICATE',
    message: expect.stringContaining(
      'The live type Live_Fire is in armory (jobs/fire.ts) and in guardian (watch.ts)',
    ),
  });
  expect(
    planned(
      { name: 'armory', live: { Live_Fire: 'a.ts' } },
      { name: 'guardian', types: { Live_Fire: 'b.ts' } },
    ),
  ).toHaveLength(2);
});

test('an import that needs a method which is not exported is refused: plugin, dependency, method', () => {
  const guardian = { name: 'guardian', imports: { armory: [{ name: 'sword' }, { name: 'shield' }] } };
  expect(refusal(() => planned(guardian, { name: 'armory', exports: [{ name: 'sword' }] }))).toMatchObject({
    code: 'IMPORT_MISMATCH',
    plugin: 'guardian',
    dependency: 'armory',
    method: 'shield',
    message: withPage(
      'IMPORT_MISMATCH',
      'guardian needs armory.shield(), which armory does not export; it exports sword.',
    ),
  });
  // Exports that are only known at run time are checked when armory runs.
  expect(planned(guardian, { name: 'armory' })).toHaveLength(2);
});

test('an import that was built for another signature is refused with both signatures', () => {
  const sword = (name: string, shape: Shape): MethodFacts => {
    const taken: FunctionShape = {
      kind: 'function',
      calls: [{ parameters: [{ name, shape }], result: 'string' }],
    };
    return { name: 'sword', signature: shapeText(taken), shape: taken };
  };
  const needs = (name: string, shape: Shape): PluginFacts => ({
    name: 'guardian',
    imports: { armory: [sword(name, shape)] },
  });
  const armory = { name: 'armory', exports: [sword('length', 'number')] };
  expect(refusal(() => planned(needs('length', 'string'), armory))).toMatchObject({
    code: 'IMPORT_MISMATCH',
    plugin: 'guardian',
    dependency: 'armory',
    method: 'sword',
    expected: '(length: string) => string',
    got: '(length: number) => string',
    message: withPage(
      'IMPORT_MISMATCH',
      'guardian was built for armory.sword as (length: string) => string, but armory exports (length: number) => string; build guardian again.',
    ),
  });
  expect(planned(needs('inches', 'number'), armory)).toHaveLength(2);
  // This function takes more than guardian was built for, so nothing breaks.
  const generous = { name: 'armory', exports: [sword('length', either('number', 'string'))] };
  expect(planned(needs('length', 'number'), generous)).toHaveLength(2);
});

test('plugins whose names differ only in case are refused with all their files', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'a.plugin.mjs'), composePlugin({ name: 'Guardian' }));
  await writeFile(join(folder, 'b.plugin.mjs'), composePlugin({ name: 'guardian' }));
  await writeFile(join(folder, 'c.plugin.mjs'), composePlugin({ name: 'GUARDIAN' }));
  const files = ['a', 'b', 'c'].map((name) => join(folder, `${name}.plugin.mjs`));
  await expect(readArtifacts(folder, undefined)).rejects.toMatchObject({
    code: 'PLUGIN_DUPLICATE',
    plugin: 'guardian',
    files,
    message: expect.stringContaining(files.join(', ')),
  });
});

test('only lists all that are missing, and leaves alone what it does not name, however broken', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'Guardian' }, { name: 'herald' });
  await writeFile(join(folder, 'forge.plugin.mjs'), 'torn');
  await expect(readArtifacts(folder, ['guardian', 'armory', 'Banner'])).rejects.toMatchObject({
    code: 'PLUGIN_MISSING',
    missing: ['armory', 'Banner'],
    message: expect.stringMatching(/armory, Banner; there are Guardian, herald\./),
  });
  const [only, ...others] = await readArtifacts(folder, ['GUARDIAN']);
  expect(only?.manifest.name).toBe('Guardian');
  expect(others).toEqual([]);
  await expect(readArtifacts(folder, undefined)).rejects.toMatchObject({
    code: 'ARTIFACT_INVALID',
    file: join(folder, 'forge.plugin.mjs'),
  });
});

test('a folder of sources is refused as such: nothing can be built into it', async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'herald'));
  await writeFile(join(folder, 'herald/index.ts'), '');
  const refused = {
    code: 'NO_PLUGINS',
    message: expect.stringMatching(/holds sources of plugins; build them/),
  };
  await expect(readArtifacts(folder, undefined)).rejects.toMatchObject(refused);
  await expect(readArtifacts(join(folder, 'herald'), undefined)).rejects.toMatchObject(refused);
});

test('a folder that is there and cannot be read is refused as such: a build would not mend it', async () => {
  // No file system can be asked about such a name; a folder that is closed to a user is as good.
  const folder = join(await tempFolder(), 'x'.repeat(300));
  await expect(readArtifacts(folder, undefined)).rejects.toMatchObject({
    code: 'ARTIFACT_UNREADABLE',
    file: folder,
  });
});

test('an artifact that cannot be read for a limit of the process is refused with what to raise', () => {
  const few = Object.assign(new Error('EMFILE: too many open files, scandir'), { code: 'EMFILE' });
  expect(unreadable('plugins', few).message).toContain(
    'Cannot read the artifact plugins: EMFILE: too many open files, scandir; raise the limit of open files',
  );
});

test('an artifact that this process may not read is refused with what to do', () => {
  const closed = Object.assign(new Error('EACCES: permission denied, open'), { code: 'EACCES' });
  expect(unreadable('gate.plugin.mjs', closed).message).toContain(
    'Cannot read the artifact gate.plugin.mjs: EACCES: permission denied, open; let this process read it.',
  );
});

test('a folder that is empty or missing is refused by name', async () => {
  const folder = await tempFolder();
  const refused = { code: 'NO_PLUGINS', folder, message: expect.stringContaining(folder) };
  await expect(readArtifacts(folder, undefined)).rejects.toMatchObject(refused);
  await rm(folder, { recursive: true });
  await expect(readArtifacts(folder, undefined)).rejects.toMatchObject(refused);
});
