import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import Ajv from 'ajv';
import { expect, onTestFinished, test } from 'vitest';
import { quietEnv } from '../helpers/quiet-env.js';
import { command, runCommand } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, writePlugins, type Files } from '../helpers/write-plugins.js';

const sound = {
  'index.ts': `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`,
  'call.ts': `export async function live_call(name: string) { return name; }\nexport class Live_Horn { blows = 1 }\n`,
};

const unsound = {
  'index.ts': [
    `import { definePlugin } from 'liveswap/plugin';`,
    `\tlet count = 0;`,
    `export async function live_count(by: number): Promise<string> {`,
    `  return (count += by);`,
    `}`,
    `export default definePlugin({});`,
    '',
  ].join('\n'),
};

/** Makes a folder with plugins below `plugins/`. */
async function project(plugins: Record<string, Files>): Promise<string> {
  const folder = await tempFolder();
  await writePlugins(join(folder, 'plugins'), plugins);
  return folder;
}

test('build writes artifacts and the types of the live functions, and says so', async () => {
  const folder = await project({ herald: sound, guardian: { 'index.ts': sound['index.ts'] } });
  const run = await runCommand(folder, 'build', 'plugins/herald', 'plugins/guardian', 'dist/plugins');
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toMatch(/^herald built [0-9a-f]{8}\nguardian built [0-9a-f]{8}\n$/);
  expect((await readdir(join(folder, 'dist/plugins'))).sort()).toEqual([
    'guardian.plugin.mjs',
    'herald.plugin.mjs',
    'live.d.ts',
  ]);
});

test('findings read like those of a compiler, and the exit code is 1', async () => {
  const folder = await project({ guardian: unsound });
  const run = await runCommand(folder, 'build', 'plugins', 'out');
  expect(run).toMatchObject({ code: 1, stderr: '' });
  expect(run.stdout).toContain('plugins/guardian/index.ts:2:6 no-globals: ');
  expect(run.stdout).toContain(
    [
      `plugins/guardian/index.ts:4:3 types: Type 'number' is not assignable to type 'string'. (TS2322)`,
      '',
      '  3 | export async function live_count(by: number): Promise<string> {',
      '> 4 |   return (count += by);',
      '    |   ^^^^^^',
      '  5 | }',
    ].join('\n'),
  );
  expect(run.stdout).toContain('> 2 |  let count = 0;\n    |      ^^^^^');
  expect(run.stdout).toContain('2 findings in 1 file.');
  expect(await readdir(join(folder, 'out'))).toEqual(['live.d.ts']);
});

test('diagnostics are coloured where colours are wanted', async () => {
  const folder = await project({ guardian: unsound });
  const run = await promisify(execFile)(command.file, [...command.args, 'check', 'plugins'], {
    cwd: folder,
    env: quietEnv({ FORCE_COLOR: '1' }),
  }).catch((error: { stdout: string }) => error);
  expect(stripVTControlCharacters(run.stdout)).not.toBe(run.stdout);
  expect(stripVTControlCharacters(run.stdout)).toContain('plugins/guardian/index.ts:2:6 no-globals: ');
});

test('check writes nothing', async () => {
  const folder = await project({ herald: sound });
  await expect(runCommand(folder, 'check', 'plugins')).resolves.toMatchObject({
    code: 0,
    stdout: 'herald ok\n',
  });
  expect(await readdir(folder)).toEqual(['plugins']);
});

test('--no-typecheck leaves types alone, and not rules', async () => {
  const folder = await project({ guardian: unsound });
  const run = await runCommand(folder, 'check', '--no-typecheck', '--format', 'json', 'plugins');
  const { findings } = JSON.parse(run.stdout) as { findings: { rule: string }[] };
  expect(findings.map(({ rule }) => rule)).toEqual(['no-globals']);
});

test.for([
  ['an unknown command', ['forge'], /unknown command 'forge'/],
  ['an unknown flag', ['build', '--forge', 'plugins', 'out'], /unknown option '--forge'/],
  ['no out folder', ['build', 'plugins'], /missing the out folder/],
  ['no plugin folder', ['check'], /missing required argument/],
  ['a folder that is missing', ['check', 'nowhere'], /Cannot read the plugin folder .*nowhere/],
  [
    'a file to develop that is missing',
    ['dev', 'nope.ts'],
    /Cannot develop nope\.ts: it is not there; name plugin folders, .* or the file that starts your server/,
  ],
  ['a folder without plugins', ['check', '.'], /Cannot find a plugin in/],
  [
    'a format there is none of',
    ['check', '--format', 'xml', 'plugins'],
    /Allowed choices are text, json, sarif/,
  ],
  ['a regular expression that is none', ['check', '--include', '(', 'plugins'], /Invalid regular expression/],
  ['a define without a value', ['build', '--define', 'STAGE', 'plugins', 'out'], /KEY=VALUE/],
  [
    'a define of what is no name',
    ['build', '--define', 'a b=1', 'plugins', 'out'],
    /option define holds 'a b'/,
  ],
  [
    'an external that matches in two places',
    ['build', '--external', '@a/*/b*', 'plugins', 'out'],
    /option external holds '@a\/\*\/b\*'/,
  ],
  ['a host for what is no prefix', ['dev', '--live-prefix', '1', 'plugins'], /option livePrefix is '1'/],
  ['a prefix that is no name', ['check', '--live-prefix', '1', 'plugins'], /option livePrefix is '1'/],
] as const)('%s is misuse: exit code 2 and a word on it', async ([, args, message]) => {
  const folder = await tempFolder();
  const run = await runCommand(folder, ...args);
  expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
});

test.for([
  ['dev', ['dev', '.'], /liveswap dev server\.js/],
  ['start', ['start', '.'], /liveswap start server\.js/],
  ['check --app', ['check', '--app', '.'], /is a folder; .* such as server\.js/],
  ['dev of its package.json', ['dev', 'package.json'], /is no code; .* such as server\.js/],
  ['start of its package.json', ['start', 'package.json'], /is no code; .* such as server\.js/],
  ['check', ['check', 'server.js'], /is a file; .*--app/],
  ['build', ['build', 'server.js', 'out'], /is a file; .*--app/],
] as const)(
  '%s, given the folder of a server or the wrong file, tells what to name',
  async ([, args, message]) => {
    const folder = await tempFolder();
    await writeFiles(folder, {
      'package.json': JSON.stringify({
        main: 'gone.js',
        scripts: { start: 'NODE_ENV=production node ./server.js' },
      }),
      'server.js': '',
    });
    const run = await runCommand(folder, ...args);
    expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
  },
);

test.for([[['--help']], [['build', '--help']], [['check', '--help']]] as const)(
  '%s teaches by example',
  async ([args]) => {
    const run = await runCommand(await tempFolder(), ...args);
    expect(run).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('Examples:\n  $ liveswap '),
    });
  },
);

test('--version prints the version of the package', async () => {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  await expect(runCommand(await tempFolder(), '--version')).resolves.toMatchObject({
    code: 0,
    stdout: `${version}\n`,
  });
});

test('--debug prints the stack of an error', async () => {
  const run = await runCommand(await tempFolder(), 'check', '--debug', 'nowhere');
  expect(run.stderr).toMatch(/^LiveswapError: .*\n {4}at /s);
});

test('an error that quotes control characters cannot clear the screen', async () => {
  const { code, stderr } = await runCommand(await tempFolder(), 'check', 'hall\u001B[2J');
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^liveswap: .*hall\\x1b\[2J/) });
  expect(stderr).not.toContain('\u001B');
});

test('-v prints files, live symbols and the time of each step', async () => {
  const folder = await project({ herald: sound });
  const { stdout } = await runCommand(folder, 'build', '-v', 'plugins', 'out');
  expect(stdout).toContain(join(folder, 'out', 'herald.plugin.mjs'));
  expect(stdout).toContain('  live_call (call.ts:1)\n  Live_Horn (call.ts:2)\n');
  expect(stdout).toMatch(
    /collect \d+ ms, types \d+ ms, rules \d+ ms, facts \d+ ms, bundle \d+ ms, write \d+ ms/,
  );
});

test('--define, --live-prefix, --include, --exclude and --external reach the artifact', async () => {
  const folder = await project({
    herald: {
      'index.ts': `
        import { definePlugin } from 'liveswap/plugin';
        import { basename } from 'trumpet';
        import call from './calls/first.txt';
        declare const STAGE: string;
        declare const PORT: number;
        export async function hot_call() { return [STAGE, PORT, call, basename('a/b')] as const; }
        export default definePlugin({});
      `,
      'calls/first.txt': 'Hear, hear!',
      'calls/second.txt': 'Silence!',
    },
  });
  await writeFiles(folder, {
    'node_modules/trumpet/package.json': JSON.stringify({
      name: 'trumpet',
      main: 'index.js',
      types: 'index.d.ts',
    }),
    'node_modules/trumpet/index.js': `exports.basename = (path) => path.split('/').at(-1);`,
    'node_modules/trumpet/index.d.ts': `export declare function basename(path: string): string;`,
  });
  const flags = [
    '--define',
    'STAGE=production',
    '--define',
    'PORT=80',
    '--live-prefix',
    'hot_',
    '--external',
    'trumpet',
  ];
  const run = await runCommand(
    folder,
    'build',
    ...flags,
    '--include',
    String.raw`\.txt$`,
    '--exclude',
    'second',
    'plugins',
    'out',
  );
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const file = join(folder, 'out/herald.plugin.mjs');
  await expect(readFile(file, 'utf8')).resolves.toContain('from "trumpet"');
  const artifact = (await import(pathToFileURL(file).href)) as {
    liveFunctions: { hot_call(): Promise<unknown> };
  };
  await expect(artifact.liveFunctions.hot_call()).resolves.toEqual(['production', 80, 'Hear, hear!', 'b']);
});

test('an excluded asset is not importable', async () => {
  const folder = await project({
    herald: {
      ...sound,
      'song.ts': `import text from './song.txt';\nexport const song = text;\n`,
      'song.txt': 'la',
    },
  });
  const run = await runCommand(folder, 'check', '--include', 'txt$', '--exclude', 'song', 'plugins');
  expect(run).toMatchObject({ code: 1, stdout: expect.stringContaining(`Cannot find module './song.txt'`) });
});

test('--static writes a module that links the artifacts, with its types; --clean removes all that was written', async () => {
  const folder = await project({ herald: sound, 'north-wall': { 'index.ts': sound['index.ts'] } });
  await runCommand(folder, 'build', '--static', '--leave-temps', 'plugins', 'out');
  const { plugins } = (await import(pathToFileURL(join(folder, 'out/static-plugins.mjs')).href)) as {
    plugins: Record<string, { module: object; manifest: { name: string }; hash: string }>;
  };
  expect(Object.keys(plugins)).toEqual(['herald', 'north-wall']);
  expect(Object.keys(plugins['herald']?.module ?? {})).toEqual([
    'bind',
    'liveFunctions',
    'liveTypes',
    'ownSymbols',
    'plugin',
    'symbols',
  ]);
  expect(plugins['north-wall']).toMatchObject({
    manifest: { name: 'north-wall' },
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect((await readdir(join(folder, 'out'))).sort()).toEqual([
    'herald.entry.ts',
    'herald.plugin.mjs',
    'live.d.ts',
    'north-wall.entry.ts',
    'north-wall.plugin.mjs',
    'static-plugins.d.mts',
    'static-plugins.mjs',
  ]);
  await writeFile(join(folder, 'out', 'forge.plugin.mjs'), '');
  const run = await runCommand(folder, 'build', '--clean', 'plugins', 'out');
  expect(run.code).toBe(0);
  expect(await readdir(join(folder, 'out'))).toEqual(['forge.plugin.mjs']);
});

test('--entry-only writes the generated entry and nothing else', async () => {
  const folder = await project({ herald: sound });
  await runCommand(folder, 'build', '--entry-only', 'plugins', 'out');
  expect(await readdir(join(folder, 'out'))).toEqual(['herald.entry.ts']);
  await expect(readFile(join(folder, 'out', 'herald.entry.ts'), 'utf8')).resolves.toContain(
    `from "../plugins/herald/call.ts";`,
  );
});

test('--format sarif prints a log that the official schema allows', async () => {
  const folder = await project({ guardian: unsound });
  const { stdout, code } = await runCommand(folder, 'check', '--format', 'sarif', 'plugins');
  const log = JSON.parse(stdout) as { runs: { results: { ruleId: string; locations: unknown[] }[] }[] };
  const require = createRequire(import.meta.url);
  const validator = new Ajv({ schemaId: 'auto', meta: false, unknownFormats: 'ignore' });
  validator.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json') as object);
  const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as object;
  expect(validator.validate(schema, log), validator.errorsText()).toBe(true);
  expect(code).toBe(1);
  expect(log.runs[0]?.results.map(({ ruleId }) => ruleId)).toEqual(['no-globals', 'types']);
  expect(log.runs[0]?.results[1]?.locations[0]).toMatchObject({
    physicalLocation: {
      artifactLocation: { uri: 'plugins/guardian/index.ts', uriBaseId: '%SRCROOT%' },
      region: { startLine: 4, startColumn: 3 },
    },
  });
});

test('--watch --format json prints one document a build, and nothing else', async () => {
  const folder = await project({ herald: sound });
  const child = spawn(
    command.file,
    [...command.args, 'build', '--watch', '--format', 'json', 'plugins', 'out'],
    {
      cwd: folder,
      env: quietEnv(),
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    let text = '';
    for (let line = ''; line !== '}'; text += `${line}\n`) line = (await lines.next()).value as string;
    return JSON.parse(text);
  };
  await expect(next()).resolves.toMatchObject({ plugins: [{ name: 'herald', state: 'built' }] });
  await writeFiles(folder, { 'plugins/forge/index.ts': sound['index.ts'] });
  await expect(next()).resolves.toMatchObject({ plugins: [{ name: 'forge', state: 'built' }] });
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('--format json prints what came of each plugin', async () => {
  const folder = await project({ guardian: unsound, herald: sound });
  const { stdout } = await runCommand(folder, 'build', '--format', 'json', 'plugins', 'out');
  expect(JSON.parse(stdout)).toMatchObject({
    plugins: [
      { name: 'guardian', state: 'refused' },
      { name: 'herald', state: 'built', file: join(folder, 'out/herald.plugin.mjs') },
    ],
    findings: [{ rule: 'no-globals', file: join(folder, 'plugins/guardian/index.ts') }, { rule: 'types' }],
  });
});

test('--watch does not wait for a build that is under way when interrupted', async () => {
  const folder = await project({ herald: sound });
  await writeFiles(folder, {
    'endless.mjs': `export default await new Promise(() => console.log('asked'));`,
  });
  const args = ['build', '--watch', '--adapter', 'endless.mjs', 'plugins', 'out'];
  const child = spawn(command.file, [...command.args, ...args], { cwd: folder, env: quietEnv() });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = text(child.stderr);
  expect(await once(createInterface({ input: child.stdout }), 'line')).toEqual(['asked']);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await said).toBe('');
});

test('--watch builds again at each change, until interrupted', async () => {
  const folder = await project({ herald: sound });
  const child = spawn(command.file, [...command.args, 'build', '--watch', 'plugins', 'out'], {
    cwd: folder,
    env: quietEnv(),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value as string;
  expect(await next()).toMatch(/^herald built/);
  expect(await next()).toMatch(/^watching /);
  await writeFiles(folder, {
    'plugins/herald/call.ts': sound['call.ts'].replace('live_call', 'live_summon'),
  });
  expect(await next()).toMatch(/^herald built/);
  await expect(readFile(join(folder, 'out/live.d.ts'), 'utf8')).resolves.toContain('live_summon');
  await writeFiles(folder, { 'plugins/forge/index.ts': sound['index.ts'] });
  expect(await next()).toMatch(/^forge built/);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('the same build and the same check end at once, until something has changed', async () => {
  const folder = await project({ herald: sound });
  await writeFiles(folder, { 'package.json': '{ "type": "module" }' });
  const usesTime = async (...args: string[]): Promise<boolean> => {
    const { code, stdout } = await runCommand(folder, ...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^herald (built|unchanged|ok)/m);
    return / ms\n/.test(stdout);
  };
  for (const args of [
    ['build', '-v', 'plugins', 'out'],
    ['check', '-v', '--against', 'out', 'plugins'],
  ]) {
    expect(await usesTime(...args)).toBe(true);
    expect(await usesTime(...args)).toBe(false);
  }
  await writeFiles(folder, { 'plugins/herald/more.ts': 'export {};\n' });
  expect(await usesTime('build', '-v', 'plugins', 'out')).toBe(true);
});
