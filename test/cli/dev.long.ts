import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { LineLog } from '../helpers/line-log.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { command, runCommand } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, type Files } from '../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;
const says = (name: string, text: string) => `export async function live_${name}() { return '${text}'; }\n`;
const herald = { 'plugins/herald/index.ts': definition, 'plugins/herald/call.ts': says('call', 'hear') };

/** Runs `liveswap dev` in a folder with these files. */
async function open(files: Files, ...args: string[]) {
  const folder = await tempFolder();
  await writeFiles(folder, files);
  const child = spawn(command.file, [...command.args, 'dev', ...args], {
    cwd: folder,
    env: quietEnv(),
    stdio: 'pipe',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  // At `exit`, the last output may still be on its way.
  const exited = once(child, 'close') as Promise<[code: number | null]>;
  const lines = new LineLog(exited);
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => lines.add(line));
  const line = (pattern: RegExp, from?: number) => lines.next(pattern, from);
  return { folder, child, exited, line, edit: (changed: Files) => writeFiles(folder, changed) };
}

test('an edit, a type error, a breach of a rule, the fix, a new and a removed plugin: a line a save', async () => {
  const { folder, child, exited, line, edit } = await open(herald, 'plugins');
  await line(/^\d\d:\d\d:\d\d herald swapped in [\d.]+ m?s$/);
  await line(/^ready {4}watching plugins/);

  await edit({ 'plugins/herald/call.ts': says('call', 'hark') });
  await line(/^\d\d:\d\d:\d\d herald swapped in [\d.]+ m?s$/);

  await edit({
    'plugins/herald/call.ts': `export async function live_call(): Promise<string> { return 3; }\n`,
  });
  await line(/^$/);
  await line(/^plugins\/herald\/call\.ts:1:54 types: Type 'number' is not assignable to type 'string'/);
  await line(/^\d\d:\d\d:\d\d herald: 1 finding, serving [0-9a-f]{8}$/);

  await edit({
    'plugins/herald/call.ts': `let times = 0;\nexport async function live_call() { return String(times++); }\n`,
  });
  await line(/^plugins\/herald\/call\.ts:1:5 no-globals: /);
  await line(/^\d\d:\d\d:\d\d herald: 1 finding, serving [0-9a-f]{8}$/);

  await edit({ 'plugins/herald/call.ts': says('call', 'once more') });
  await line(/^\d\d:\d\d:\d\d herald swapped in [\d.]+ m?s$/);

  await edit({ 'plugins/forge/index.ts': `${definition}${says('strike', 'clang')}` });
  await line(/^\d\d:\d\d:\d\d forge swapped in [\d.]+ m?s$/);

  await rm(join(folder, 'plugins/forge'), { recursive: true });
  await line(/^\d\d:\d\d:\d\d forge removed in [\d.]+ m?s$/);

  child.kill('SIGINT');
  await line(/^stopping /);
  await expect(exited).resolves.toEqual([0, null]);
});

test('-v tells what happens on the way', async () => {
  const { child, exited, line, edit } = await open(herald, '-v', 'plugins');
  await line(/^checked {2}herald in /);
  const [, first] = await line(/^built {4}herald@([0-9a-f]{8}) in [\d.]+ m?s$/);
  await line(/^swapped {2}in [\d.]+ m?s, generation 1: herald: ok$/);
  await line(/^ready {4}watching plugins/);
  await edit({ 'plugins/herald/call.ts': says('call', 'hark') });
  await line(/^saved {4}plugins\/herald\/call\.ts$/);
  await line(/^checked {2}herald in [\d.]+ m?s$/);
  await line(/^built {4}herald@/);
  await line(new RegExp(`^draining herald@${first}: nothing is pending$`));
  await line(/^swapped {2}in [\d.]+ m?s, generation 2: herald: ok$/);
  await line(new RegExp(`^retired {2}herald@${first}$`));
  child.kill('SIGINT');
  await expect(exited).resolves.toEqual([0, null]);
});

test('it ends without waiting for a saved plugin that never starts', async () => {
  const { child, exited, line, edit } = await open(herald, 'plugins');
  await line(/^ready/);
  await edit({
    'plugins/herald/index.ts': `
      import { definePlugin } from 'liveswap/plugin';
      export * from './call.js';
      export default definePlugin({
        onInit: () => {
          console.log('it waits');
          return new Promise(() => {});
        },
      });`,
  });
  await line(/^it waits$/);
  child.kill('SIGINT');
  await expect(line(/onInit/)).rejects.toThrow();
  await expect(exited).resolves.toEqual([0, null]);
});

test('a folder that is not there is misuse, and is not waited for', async () => {
  const run = await runCommand(await tempFolder(), 'dev', 'nope');
  expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('nope') as string });
});

test('several web apps are served on one port, each at its mount, and what is saved of one is live', async () => {
  const answers = (words: string) =>
    `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({ http: { fetch: () => new Response('${words}') } });\n`;
  const files = { 'plugins/hall/index.ts': answers('hall'), 'plugins/forge/index.ts': answers('forge') };
  const mounts = ['--mount', '/=hall', '--mount', '/forge=forge'];
  const { child, exited, line, edit } = await open(files, 'plugins', '--port', '0', ...mounts);
  const [, url] = await line(/^serving +(http:\S+)$/);
  const ask = async (path: string): Promise<string> => (await fetch(`${url}${path}`)).text();
  expect([await ask(''), await ask('forge/x')]).toEqual(['hall', 'forge']);
  await edit({ 'plugins/forge/index.ts': answers('clang') });
  await line(/^\d\d:\d\d:\d\d forge swapped in /);
  expect([await ask(''), await ask('forge/x')]).toEqual(['hall', 'clang']);
  child.kill('SIGINT');
  await expect(exited).resolves.toEqual([0, null]);
});

/** Returns a well that keeps its visitors and the number of its drips, and tells both over HTTP. */
const well = (release: number, onActive = ''): Files => ({
  'plugins/well/index.ts': `
    import { definePlugin, every, kept } from 'liveswap/plugin';
    const seen = kept('seen', () => ({ visits: 0, drips: 0, turns: 0 }));
    every(5, () => void seen.drips++);
    const release: number = ${release};
    export default definePlugin({
      onActive() {
        seen.turns++;
        ${onActive}
      },
      http: { fetch: () => Response.json({ release, visits: ++seen.visits, drips: seen.drips, turns: seen.turns }) },
    });
  `,
});

interface Seen {
  readonly release: number;
  readonly visits: number;
  readonly drips: number;
  readonly turns: number;
}

test('an exclusive plugin hands over what it keeps at a save; after a type error, or a refused onActive, the old version goes on with it', async () => {
  const { child, exited, line, edit } = await open(well(1), 'plugins', '--port', '0');
  const [, url] = await line(/^serving +(http:\S+)$/);
  const visit = async (): Promise<Seen> => (await (await fetch(String(url))).json()) as Seen;
  let visits = 0;
  /** Visits until `every` has run again since the first visit. Resolves to the answer of the last visit. */
  const visitUntilItDrips = async (): Promise<Seen> => {
    let last = await visit();
    const { drips } = last;
    visits++;
    await expect
      .poll(async () => ((last = await visit()), visits++, last.drips), { timeout: 20_000 })
      .toBeGreaterThan(drips);
    return last;
  };
  const first = await visitUntilItDrips();
  expect(first).toMatchObject({ release: 1, visits, turns: 1 });

  await edit(well(2));
  await line(/^\d\d:\d\d:\d\d well swapped in /);
  const second = await visitUntilItDrips();
  expect(second).toMatchObject({ release: 2, visits, turns: 2 });
  expect(second.drips).toBeGreaterThan(first.drips);

  await edit(well(3, `const word: string = 3;`));
  await line(/^\d\d:\d\d:\d\d well: 1 finding, serving [0-9a-f]{8}$/);
  expect(await visitUntilItDrips()).toMatchObject({ release: 2, visits, turns: 2 });

  await edit(well(4, `seen.visits = -1000; throw new RangeError('dry');`));
  await line(/dry/);
  const woken = await visitUntilItDrips();
  // Changes by the refused version are gone with it.
  expect(woken).toMatchObject({ release: 2, visits });
  expect(woken.turns).toBeGreaterThan(second.turns);

  await edit(well(5));
  await line(/^\d\d:\d\d:\d\d well swapped in /);
  expect(await visitUntilItDrips()).toMatchObject({ release: 5, visits });
  child.kill('SIGINT');
  await expect(exited).resolves.toEqual([0, null]);
});

test('arguments after -- are for the host', async () => {
  const { child, exited, line } = await open(
    {
      ...herald,
      'src/server.ts': `import { stackOf } from './later.js';\nexport default () => { console.log('args', process.argv.slice(2).join()); console.log(stackOf()); };`,
      'src/later.ts': `\nexport const stackOf = () => String(new Error('later').stack?.split('\\n')[1]);`,
    },
    'plugins',
    '--host',
    'src/server.ts',
    '--',
    '--port',
    '3',
  );
  await line(/^args --port,3$/);
  // Stacks name its files as they are.
  await line(/[^/]\/src\/later\.ts:2:/);
  child.kill('SIGINT');
  await expect(exited).resolves.toEqual([0, null]);
});

test('the host is given a swapper with its options and the plugins; what it returns ends it', async () => {
  const { folder, child, exited, line, edit } = await open(
    {
      ...herald,
      'town/gate.ts': `export const gate: string = 'open';`,
      'server.ts': `
        import { gate } from './town/gate.js';
        export const options = { threads: 2 };
        export default async function serve(swapper: { call(name: string): Promise<unknown>; stats(): { plugins: { versions: { threads: unknown[] }[] }[] }; on(type: string, listener: () => void): void }) {
          console.log('gate', gate, await swapper.call('live_call'), swapper.stats().plugins[0]?.versions[0]?.threads.length);
          swapper.on('reloaded', async () => console.log('now', await swapper.call('live_call')));
          setInterval(() => {}, 1000);
          return () => console.log('gate closed');
        }`,
    },
    'plugins',
    '--host',
    'server.ts',
  );
  await line(/^gate open hear 2$/);
  await line(/^ready/);
  await edit({ 'plugins/herald/call.ts': says('call', 'hark') });
  await line(/^now hark$/);
  expect((await readdir(folder)).sort()).toEqual(['dist', 'plugins', 'server.ts', 'town']);
  child.kill('SIGTERM');
  await line(/^gate closed$/);
  await expect(exited).resolves.toEqual([0, null]);
});

test('the host of the help serves, and a call that fails does not end it', async () => {
  const help = await runCommand(await tempFolder(), 'dev', '--help');
  const [sample = ''] = /^ {2}import [^]*?^ {2}\}$/m.exec(help.stdout) ?? [];
  const [before, after] = [
    'server.listen(8080);',
    `server.listen(0, () => console.log('port', server.address().port));`,
  ];
  expect(sample).toContain(before);
  const answer = `export async function live_answer(url: string) { if (url === '/x') throw new Error('Lost'); return 'Hail ' + url; }`;
  const { child, exited, line } = await open(
    {
      'plugins/herald/index.ts': definition,
      'plugins/herald/call.ts': answer,
      'server.ts': sample.replace(before, after),
    },
    'plugins',
    '--host',
    'server.ts',
  );
  const [, port] = await line(/^port (\d+)$/);
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  await expect(get('/x')).resolves.toContain('Lost');
  await expect(get('/gate')).resolves.toBe('Hail /gate');
  child.kill('SIGINT');
  await expect(exited).resolves.toEqual([0, null]);
});

test('a save of the host is told, with what to do: its code stays as it was started', async () => {
  const host = (text: string) => `export default () => { console.log('${text}'); return () => {}; };`;
  const { child, exited, line, edit } = await open(
    {
      ...herald,
      'town/wall.ts': `export const wall = 'stone';`,
      'server.ts': `import { wall } from './town/wall.js';\n${host('built of')}\nexport const options = { env: { wall } };`,
    },
    'plugins',
    '--host',
    'server.ts',
  );
  await line(/^built of$/);
  await line(/^ready/);
  await edit({ 'server.ts': host('rebuilt') });
  await line(/^host {5}server\.ts changed: the host is not reloaded; press r, or restart dev, to run it$/);
  await edit({ 'town/wall.ts': `export const wall = 'wood';` });
  await line(
    /^host {5}town\/wall\.ts changed: the host is not reloaded; press r, or restart dev, to run it$/,
  );
  child.kill('SIGINT');
  await expect(exited).resolves.toEqual([0, null]);
});

test('names the pending calls of a version that drains, and lets them finish when interrupted', async () => {
  const waits = (text: string) => `import { context } from 'liveswap/plugin';
    export async function live_wait() {
      console.log('waiting');
      while (!(await context.vault.dataBag.get('open'))) await new Promise((resolve) => setTimeout(resolve, 10));
      return '${text}';
    }\n`;
  const { child, exited, line, edit } = await open(
    {
      'plugins/guardian/index.ts': definition,
      'plugins/guardian/gate.ts': waits('old'),
      'server.ts': `export default (swapper) => {
        void swapper.call('live_wait').then((answer) => console.log('answered', answer));
        return () => swapper.current.vault.dataBag.set('open', true);
      };`,
    },
    '-v',
    'plugins',
    '--host',
    'server.ts',
  );
  await line(/^ready/);
  await line(/^waiting$/, 0);
  await edit({ 'plugins/guardian/gate.ts': waits('new') });
  await line(/^draining guardian@[0-9a-f]{8}: live_wait [\d.]+ m?s$/);
  await line(/^swapped/);
  child.kill('SIGINT');
  await line(/^answered old$/);
  await expect(exited).resolves.toEqual([0, null]);
});

test('a second interruption does not wait', async () => {
  const { child, exited, line } = await open(
    {
      'plugins/guardian/index.ts': definition,
      'plugins/guardian/gate.ts': `export async function live_never() { console.log('waiting'); await new Promise(() => {}); }\n`,
      'server.ts': `export default (swapper) => { swapper.call('live_never').catch(() => console.log('given up')); };`,
    },
    'plugins',
    '--host',
    'server.ts',
  );
  await line(/^ready/);
  await line(/^waiting$/, 0);
  child.kill('SIGINT');
  await line(/^stopping/);
  // The same signal again at once may be an echo of the first.
  child.kill('SIGTERM');
  await line(/^given up$/);
  await expect(exited).resolves.toEqual([0, null]);
});

test('a build that is under way is not waited for when interrupted, and leaves no complaint, of esbuild neither', async () => {
  const { child, exited, line } = await open(
    {
      'plugins/herald/index.ts': `import { Bell } from 'bell';\n${definition}export const live_ring = async () => Bell.name;\n`,
      'node_modules/bell/package.json': '{ "name": "bell", "version": "1.0.0", "main": "bell.js" }',
      'node_modules/bell/bell.js': 'exports.Bell = class Bell {};',
      'node_modules/bell/bell.d.ts': 'export declare class Bell {}',
      'endless.mjs': `
        import { defineAdapter, takesWork } from 'liveswap/adapters';
        const { exports, ...adapter } = defineAdapter('bell', { versions: '*', exports: { Bell: takesWork({ end() {} }) } });
        export default {
          ...adapter,
          get exports() {
            if (!new Error().stack.includes('esbuild')) return exports;
            // By then, esbuild has asked whether it is still heard.
            for (const end = Date.now() + 2_000; Date.now() < end; );
            console.log('asked');
            for (;;);
          },
        };`,
    },
    'plugins',
    '--adapter',
    'endless.mjs',
  );
  await line(/^asked$/);
  child.kill('SIGINT');
  await expect(exited).resolves.toEqual([0, null]);
  await expect(line(/failed|died|abort|error/i, 0)).rejects.toThrow('It ended without');
});

test('a host without a function to call is refused, and so is one that is not there', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { ...herald, 'server.ts': 'export const port = 8080;' });
  const wrong = await runCommand(folder, 'dev', 'plugins', '--host', 'server.ts');
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('its default export') as string });
  const missing = await runCommand(folder, 'dev', 'plugins', '--host', 'servant.ts');
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('servant.ts') as string });
});
