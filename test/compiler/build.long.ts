import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { readArtifact } from '../../lib/manifest/artifact.js';
import type { ArtifactModule } from '../../lib/plugin/artifact-module.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writePlugins } from '../helpers/write-plugins.js';
import { withPage } from '../helpers/with-page.js';

const guardian = {
  'index.ts': `
    import { definePlugin } from 'liveswap/plugin';
    export const motto = 'Stand';
    export default definePlugin({ functions: { polish: (times: number) => \`Polished \${times} times.\` } });
  `,
  'jobs/roll-call.ts': `
    import { context } from 'liveswap/plugin';
    /** @idempotent */
    export async function live_answerRollCall(name: string): Promise<string> {
      return \`\${name} of \${context.plugin}\`;
    }
    export class Live_Fire { shots = 1; async handle() {} }
  `,
};

test('an artifact exports the plugin, its symbols and its live symbols', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, { guardian });
  const { plugins } = await build({ sources, outDir: join(folder, 'out') });
  const file = join(folder, 'out', 'guardian.plugin.mjs');
  expect(plugins.map((plugin) => plugin.artifact.file)).toEqual([file]);

  const artifact = (await import(pathToFileURL(file).href)) as ArtifactModule;
  expect(Object.keys(artifact.liveFunctions)).toEqual(['live_answerRollCall']);
  expect(Object.keys(artifact.liveTypes)).toEqual(['Live_Fire']);
  expect(artifact.symbols['motto']).toBe('Stand');
  artifact.bind({ plugin: 'guardian' } as Parameters<ArtifactModule['bind']>[0]);
  await expect(artifact.liveFunctions['live_answerRollCall']?.('Kay' as never)).resolves.toBe(
    'Kay of guardian',
  );
});

test('the same sources make the same bytes wherever they are', async () => {
  const [here, there] = [join(await tempFolder(), 'deep', 'down'), await tempFolder()];
  const [one, other] = await Promise.all(
    [here, there].map(async (folder) => {
      const sources = await writePlugins(join(folder, 'plugins'), { guardian });
      await build({ sources, outDir: join(folder, 'out') });
      return readFile(join(folder, 'out', 'guardian.plugin.mjs'), 'utf8');
    }),
  );
  expect(one).toBe(other);
});

test('a plugin with findings keeps its earlier artifact, the others are built, and the error tells all', async () => {
  const folder = await tempFolder();
  const outDir = join(folder, 'out');
  const sources = await writePlugins(folder, { guardian, herald: { 'index.ts': guardian['index.ts'] } });
  await build({ sources, outDir });
  const before = await readFile(join(outDir, 'guardian.plugin.mjs'), 'utf8');
  await writePlugins(folder, {
    guardian: { 'index.ts': `${guardian['index.ts']}\nexport const arms: string = 2;\n` },
    herald: { 'call.ts': `export async function live_call() {}` },
  });
  await expect(build({ sources, outDir })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    plugins: ['guardian'],
    message: withPage(
      'BUILD_FAILED',
      `Cannot build guardian: 1 finding.\n  ${join(folder, 'guardian/index.ts')}:6:14 types: Type 'number' is not assignable to type 'string'. (TS2322)`,
    ),
    findings: [{ rule: 'types', plugin: 'guardian', line: 6, column: 14 }],
  });
  await expect(readFile(join(outDir, 'guardian.plugin.mjs'), 'utf8')).resolves.toBe(before);
  await expect(readFile(join(outDir, 'herald.plugin.mjs'), 'utf8')).resolves.toContain('live_call');
});

test('an artifact that cannot be written is told with its plugin, where, why and what to do', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, { guardian });
  const outDir = join(folder, 'out');
  // Something that no file can replace.
  await mkdir(join(outDir, 'guardian.plugin.mjs/taken'), { recursive: true });
  await expect(build({ sources, outDir })).rejects.toMatchObject({
    code: 'COPY_FAILED',
    plugin: 'guardian',
    message: expect.stringMatching(
      /^Cannot put the artifact of guardian into .*; let this process write/,
    ) as string,
  });
});

test.each(['live.d.ts', 'static-plugins.mjs', 'static-plugins.d.mts', 'guardian.entry.ts'])(
  '%s that cannot be written is told with where, why and what to do',
  async (name) => {
    const folder = await tempFolder();
    const sources = await writePlugins(folder, { guardian });
    const outDir = join(folder, 'out');
    const file = join(outDir, name);
    await mkdir(join(file, 'taken'), { recursive: true });
    const built = build({ sources, outDir, static: true, leaveTemps: true, typecheck: false, rules: false });
    await expect(built).rejects.toMatchObject({
      code: 'COPY_FAILED',
      file,
      folder: outDir,
      message: expect.stringMatching(/^Cannot put .* into .*; let this process write there/) as string,
    });
  },
);

test('builds into one folder at the same time leave whole artifacts', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, { guardian });
  const outDir = join(folder, 'out');
  const builds = Array.from({ length: 3 }, () => build({ sources, outDir, rules: false, typecheck: false }));
  const hashes = (await Promise.all(builds)).map(({ plugins }) => plugins[0]?.artifact.hash);
  const { hash } = await readArtifact(join(outDir, 'guardian.plugin.mjs'));
  expect(new Set(hashes)).toEqual(new Set([hash]));
  expect((await readdir(outDir)).sort()).toEqual(['guardian.plugin.mjs', 'live.d.ts']);
});

test('steps are told as they begin, in order', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, { guardian });
  const steps: string[] = [];
  await build({
    sources,
    outDir: join(folder, 'out'),
    onProgress: ({ step, plugin = 'all' }) => steps.push(`${plugin} ${step}`),
  });
  expect(steps).toEqual([
    'guardian collect',
    'guardian types',
    'guardian rules',
    'guardian facts',
    'guardian bundle',
    'guardian write',
    'all stubs',
  ]);
});

test.for([
  ['sources', { sources: [] }],
  ['livePrefix', { sources: ['plugins'], livePrefix: 'live-' }],
] as const)('an option that cannot be used is refused by name: %s', async ([option, options]) => {
  await expect(build({ ...options, outDir: 'out' })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    option,
  });
});
