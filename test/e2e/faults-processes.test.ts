import { spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { tempFolder } from '../helpers/temp-folder.js';

const library = pathToFileURL(join(import.meta.dirname, '../../dist/lib/index.js')).href;
const artifacts = pathToFileURL(join(import.meta.dirname, '../../dist/lib/manifest/artifact.js')).href;
const writing = pathToFileURL(join(import.meta.dirname, '../../dist/lib/manifest/write-atomically.js')).href;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script in a process of its own until it exits by itself. */
async function run(script: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

async function script(folder: string, text: string): Promise<string> {
  const file = join(folder, 'host.mjs');
  await writeFile(file, text);
  return file;
}

const guardian = {
  name: 'guardian',
  live: {
    live_answer: "() => { console.log('printed by the thread'); return 'Hail'; }",
    live_wait: '() => new Promise(() => {})',
    live_exit: '() => { process.exit(1); }',
    live_pour: '() => new ReadableStream({})',
  },
};

test.for([
  ['close()', 'await swapper.call("live_answer"); await swapper.close();'],
  [
    'close() after a reload',
    'await swapper.reload(); await swapper.call("live_answer"); await swapper.close();',
  ],
  [
    'destroy() with calls and streams open',
    'swapper.call("live_wait").catch(() => {}); await swapper.call("live_pour"); await swapper.destroy();',
  ],
  [
    'destroy() in the middle of a reload',
    'const reload = swapper.reload().catch(() => {}); await swapper.destroy(); await reload;',
  ],
  [
    'close() while a thread waits to be replaced',
    'for (let death = 0; death < 3; death++) await swapper.call("live_exit").catch(() => {}); await swapper.close();',
  ],
  ['close() before anything is loaded', 'await new Swapper(process.argv[2]).close(); await swapper.close();'],
] as const)('a process exits by itself after %s, and leaves no copy behind', async ([, rest]) => {
  const folder = await tempFolder();
  const plugins = join(folder, 'plugins');
  await deploy(await made(plugins), guardian);
  const host = await script(
    folder,
    `import { Swapper } from ${JSON.stringify(library)};
     const swapper = new Swapper(process.argv[2], { threads: 2 });
     await swapper.load();
     ${rest}
     console.log('done');`,
  );
  const { code, stdout, stderr } = await run(host, plugins);
  expect(stdout, stderr).toMatch(/done\n$/);
  expect(code).toBe(0);
  expect((await readdir(plugins)).sort()).toEqual(['guardian.plugin.mjs']);
});

test('without a logger, what a thread prints is printed by the process', async () => {
  const folder = await tempFolder();
  const plugins = await made(join(folder, 'plugins'));
  await deploy(plugins, guardian);
  const host = await script(
    folder,
    `import { Swapper } from ${JSON.stringify(library)};
     const swapper = new Swapper(process.argv[2]);
     await swapper.load();
     await swapper.call('live_answer');
     await swapper.close();`,
  );
  expect((await run(host, plugins)).stdout).toBe('printed by the thread\n');
});

test('processes that write and load one folder at once never see half an artifact', async () => {
  const folder = await tempFolder();
  const plugins = await made(join(folder, 'plugins'));
  await deploy(plugins, guardian);
  const host = await script(
    folder,
    `import { Swapper } from ${JSON.stringify(library)};
     import { composeArtifact } from ${JSON.stringify(artifacts)};
     import { writeAtomically } from ${JSON.stringify(writing)};
     const [, , folder, me] = process.argv;
     const swapper = new Swapper(folder, { standby: false });
     await swapper.load();
     for (let edition = 0; edition < 12; edition++) {
       const ballast = ('// ' + me + edition + ' '.repeat(100) + '\\n').repeat(3000);
       const body = \`\${ballast}
         export const bind = () => {}; export const symbols = {}; export const liveTypes = {};
         export const plugin = {}; export const liveFunctions = { live_answer: () => 'Hail' };\`;
       const facts = { name: 'guardian', rules: 0, liveTypes: [], imports: [], liveFunctions: [
         { name: 'live_answer', file: 'index.ts', line: 1, signature: '() => string', idempotent: false } ] };
       await writeAtomically(folder + '/guardian.plugin.mjs', composeArtifact(facts, Buffer.from(body)));
       await swapper.reload();
       if (await swapper.call('live_answer') !== 'Hail') throw new Error('half an artifact');
     }
     await swapper.close();
     console.log('done');`,
  );
  const ended = await Promise.all(['one', 'two', 'three'].map((me) => run(host, plugins, me)));
  for (const { code, stdout, stderr } of ended) expect([code, stdout, stderr]).toEqual([0, 'done\n', '']);
  expect((await readdir(plugins)).sort()).toEqual(['guardian.plugin.mjs']);
});

async function made(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return folder;
}
