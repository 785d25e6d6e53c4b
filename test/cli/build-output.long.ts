import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runCommand } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

const files = {
  'plugins/guardian/index.ts': definition,
  'plugins/guardian/hail.ts': `import { shout } from 'horn';
    /** Loud. */
    export async function live_hail(nameOfWhoComes: string): Promise<string> { return shout(nameOfWhoComes); }`,
  'plugins/armory/index.ts': definition,
  'node_modules/horn/package.json':
    '{ "name": "horn", "version": "1.0.0", "type": "module", "exports": "./horn.js" }',
  'node_modules/horn/horn.js': `import { blow } from 'breath';\nexport const shout = (text) => blow(text.toUpperCase());\n`,
  'node_modules/horn/horn.d.ts': 'export declare const shout: (text: string) => string;\n',
  'node_modules/breath/package.json':
    '{ "name": "breath", "version": "1.0.0", "type": "module", "exports": "./breath.js" }',
  'node_modules/breath/breath.js': `// ${'A long breath. '.repeat(400)}\nexport const blow = (text) => text + '!';\n`,
};

async function project(): Promise<string> {
  const folder = await tempFolder();
  await writeFiles(folder, files);
  return folder;
}

test('with -o or --out, all folders that are named are plugins', async () => {
  const folder = await project();
  const sources = ['plugins/armory', 'plugins/guardian'];
  const short = await runCommand(folder, 'build', '-o', 'dist', ...sources);
  expect(short).toMatchObject({ code: 0, stderr: '' });
  const artifacts = ['armory.plugin.mjs', 'guardian.plugin.mjs', 'live.d.ts'];
  expect((await readdir(join(folder, 'dist'))).sort()).toEqual(artifacts);
  const long = await runCommand(folder, 'build', ...sources, '--out', 'out');
  expect(long.code).toBe(0);
  expect((await readdir(join(folder, 'out'))).sort()).toEqual(artifacts);
  // The arguments are those that a shell makes of plugins/*.
  const forgotten = await runCommand(folder, 'build', ...sources);
  expect(forgotten.code).toBe(2);
  expect(forgotten.stderr).toContain('liveswap build -o');
});

test('--minify and --no-sourcemap make smaller artifacts, and the map has no texts of packages', async () => {
  const folder = await project();
  const plain = await built(folder, 'plain');
  const small = await built(folder, 'small', '--minify', '--no-sourcemap');
  expect(small.code.length).toBeLessThan(plain.code.length);
  expect(small.code).not.toContain('nameOfWhoComes');
  expect(small.map).toBeUndefined();
  const { sources, sourcesContent } = plain.map!;
  const textOf = (name: string): unknown =>
    sourcesContent[sources.findIndex((source) => source.endsWith(name))];
  expect(textOf('hail.ts')).toContain('live_hail');
  expect(sources).toContainEqual(expect.stringContaining('breath.js'));
  expect(textOf('breath.js') ?? '').toBe('');
});

test('-v says what is largest in an artifact, and who imports it', async () => {
  const folder = await project();
  const { stdout } = await runCommand(folder, 'build', '-v', 'plugins/guardian', 'dist');
  expect(stdout).toContain('guardian bundles 7 KB of breath, imported by ../../node_modules/horn/horn.js');
  expect(stdout.indexOf('of breath')).toBeLessThan(stdout.indexOf('of horn'));
});

/** Resolves to the code and the source map of an artifact that is built with these flags. */
async function built(folder: string, out: string, ...flags: string[]) {
  const run = await runCommand(folder, 'build', ...flags, 'plugins/guardian', out);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const text = await readFile(join(folder, out, 'guardian.plugin.mjs'), 'utf8');
  const body = text.slice(text.indexOf('\n') + 1);
  const [code = '', base64] = body.split('//# sourceMappingURL=data:application/json;base64,');
  const map =
    base64 === undefined
      ? undefined
      : (JSON.parse(Buffer.from(base64.split('\n', 1)[0]!, 'base64').toString()) as {
          readonly sources: readonly string[];
          readonly sourcesContent: readonly unknown[];
        });
  return { code, map };
}

test('a build whose esbuild ends whenever it is begun says so, and ends', async () => {
  const folder = await project();
  vi.stubEnv('ESBUILD_BINARY_PATH', '/bin/false');
  onTestFinished(() => void vi.unstubAllEnvs());
  const run = await runCommand(folder, 'build', 'plugins/armory', '--out', 'out');
  expect(run.code).not.toBe(0);
  expect(run.stderr).toContain('esbuild ended 3 times in a row, so nothing is bundled');
});
