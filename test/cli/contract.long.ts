import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, writePlugins } from '../helpers/write-plugins.js';

const gateOf = (code: string): string =>
  `import { definePlugin } from 'liveswap/plugin';\n${code}\nexport default definePlugin({});\n`;

const opens = gateOf('export const live_open = async (gate: string) => gate;');
const retyped = gateOf(
  'interface Gate { name: string }\nexport const live_open = async (gate: Gate) => gate.name;',
);

const chat = gateOf(
  `export const live_say = (name: string) => context.vault.call(name || 'live_open', 'north');`,
).replace('definePlugin }', 'context, definePlugin }');

test('check --against says what would break, and who uses it, before anything is deployed', async () => {
  const folder = await tempFolder();
  const plugins = join(folder, 'plugins');
  await writePlugins(plugins, { gate: { 'index.ts': opens }, chat: { 'index.ts': chat } });
  await writeFiles(folder, {
    'server.mjs': `import { Swapper } from 'liveswap';\nconst swapper = new Swapper('.');\nawait swapper.call('live_open', 'south');\n`,
  });
  const built = await runCommand(folder, 'build', '-v', 'plugins', 'dist');
  expect(built.stdout).toContain('calls a live function whose name is not known here (index.ts:2)');
  const contract = await runCommand(folder, 'contract', 'server.mjs', '--out', 'host.contract.json');
  expect(contract).toMatchObject({ code: 0, stdout: '', stderr: '' });

  expect(await runCommand(folder, 'check', '--against', 'dist', 'plugins')).toMatchObject({ code: 0 });
  await writeFiles(plugins, { 'gate/index.ts': retyped });
  const args = ['check', '--against', 'dist', '--contract', 'host.contract.json', 'plugins'];
  const refused = await runCommand(folder, ...args);
  expect(refused.stdout).toContain(
    'BREAKING live_open(gate): parameter gate was string, is Gate; used by host contract\n',
  );
  expect(refused.code).toBe(1);
  const json = await runCommand(folder, ...args, '--format', 'json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    findings: [{ rule: 'contract', plugin: 'gate', file: join(plugins, 'gate', 'index.ts'), line: 3 }],
  });

  await writeFiles(plugins, {
    'gate/index.ts': retyped.replace('export', '/** @breaking gates have names */\nexport'),
  });
  const allowed = await runCommand(folder, ...args);
  expect(allowed).toMatchObject({ code: 0, stdout: expect.stringContaining('reason: gates have names') });
  await runCommand(folder, 'build', 'plugins', 'dist');
  const spent = await runCommand(folder, ...args);
  expect(spent.stdout).toContain(
    '@breaking of live_open(gate) is in the running release already, so it can be removed',
  );
});

test('check --against an empty folder, or with a contract that is none, is misuse', async () => {
  const folder = await tempFolder();
  await writePlugins(join(folder, 'plugins'), { gate: { 'index.ts': opens } });
  await writeFiles(folder, { 'host.json': '{}' });
  expect(await runCommand(folder, 'check', '--against', 'none', 'plugins')).toMatchObject({ code: 2 });
  expect(await runCommand(folder, 'check', '--contract', 'host.json', 'plugins')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('it is not what `liveswap contract` of this version writes'),
  });
});

test('contract lists what a host names, in TypeScript and JavaScript, and what it cannot know', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'server.ts': `
      import { LiveData, Swapper } from 'liveswap';
      import { shut } from './shut.js';
      const swapper = new Swapper('plugins');
      const OPEN = 'live_open';
      await swapper.call(OPEN, 'north');
      await swapper.with({ timeoutMs: 5 }).call('live_ring');
      const live = swapper.live();
      await live.live_wave?.();
      const { live_bow } = live;
      await live_bow?.();
      await swapper.run(LiveData.of('Live_Fire', { shots: 3 }));
      await swapper.call(String(process.argv[2]));
      await shut(swapper);`,
    'shut.js': `
      export const shut = (swapper) => swapper.call('live_shut');
      export const any = (swapper, name) => swapper.call(name);`,
  });
  const run = await runCommand(folder, 'contract', 'server.ts', '--out', 'host.json');
  expect(run).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('unknown: server.ts:13 uses a name'),
  });
  const contract = JSON.parse(await readFile(join(folder, 'host.json'), 'utf8')) as {
    uses: { name: string; file: string; line: number }[];
    unknown: { file: string }[];
  };
  expect(contract.uses.map(({ name, file, line }) => `${name} ${file}:${line}`)).toEqual([
    'Live_Fire server.ts:12',
    'live_bow server.ts:10',
    'live_open server.ts:6',
    'live_ring server.ts:7',
    'live_shut shut.js:2',
    'live_wave server.ts:9',
  ]);
  expect(contract.unknown.map(({ file }) => file)).toEqual(['server.ts', 'shut.js']);
  expect(await runCommand(folder, 'contract', 'gone.ts')).toMatchObject({ code: 2 });
});
