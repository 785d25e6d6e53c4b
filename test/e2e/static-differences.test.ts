import { execFile } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { threadId } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { linkStatically, loadIn, modes, openIn } from '../helpers/modes.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, writePlugins } from '../helpers/write-plugins.js';

const guardian: PluginText = {
  name: 'guardian',
  module: `import { threadId } from 'node:worker_threads'; let calls = 0;`,
  live: {
    live_where: '() => ({ threadId, ...context.thread })',
    live_count: '() => ++calls',
    live_motto: '() => process.env.MOTTO',
    live_say: `() => { console.log('on watch'); }`,
  },
};

// docs/static-linking.md lists these, a row each, and nothing else.
describe('a statically linked plugin, unlike one in threads,', () => {
  it('cannot be swapped: reload, rollback and watch are refused', async () => {
    const swapper = await loadIn('static', [guardian]);
    const refused = { code: 'STATIC_LINKING' };
    await expect(swapper.reload()).rejects.toMatchObject(refused);
    await expect(swapper.rollback()).rejects.toMatchObject(refused);
    await expect(swapper.watch()).rejects.toMatchObject(refused);
    expect(await swapper.call('live_count')).toBe(1);
  });

  it('runs in the thread of the host, alone whatever the option threads says', async () => {
    const swapper = await loadIn('static', [guardian], { threads: 4 });
    expect(await swapper.call('live_where')).toEqual({ threadId, index: 0, count: 1 });
    expect(swapper.stats().plugins[0]?.versions[0]?.threads).toHaveLength(1);
  });

  it('is imported by the host, so what its modules throw is thrown there, and no load finds it broken', async () => {
    const folder = await tempFolder();
    await deploy(folder, { ...guardian, module: `throw new RangeError('out of steel');` });
    const inThreads = openSwapper(folder);
    await expect(inThreads.load()).rejects.toMatchObject({ cause: { code: 'START_FAILED' } });
    await expect(linkStatically(folder)).rejects.toThrow(new RangeError('out of steel'));
  });

  it.each([
    ['threads', 1],
    ['static', 2],
  ] as const)(
    'keeps what its modules remember: in mode %s, the next swapper counts %i',
    async (mode, next) => {
      const folder = await tempFolder();
      await deploy(folder, guardian);
      const counts: unknown[] = [];
      for (let swappers = 0; swappers < 2; swappers++) {
        await using swapper = await openIn(mode, folder);
        await swapper.load();
        counts.push(await swapper.call('live_count'));
      }
      expect(counts).toEqual([1, next]);
    },
  );

  it('serves one swapper at a time', async () => {
    const folder = await tempFolder();
    await deploy(folder, guardian);
    const [first, second] = [await openIn('static', folder), await openIn('static', folder)];
    await first.load();
    await expect(second.load()).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      cause: { code: 'STATIC_LINKING' },
    });
    await first.close();
    await second.load();
    expect(await second.call('live_where')).toMatchObject({ index: 0 });
  });

  it.each(modes)('is given nothing that threads are given: in mode %s, of env', async (mode) => {
    const swapper = await loadIn(mode, [guardian], { env: { MOTTO: 'Stand' }, standby: true });
    expect(await swapper.call('live_motto')).toBe(mode === 'static' ? undefined : 'Stand');
    if (mode === 'static') expect(swapper.stats().standbyThreads).toBe(0);
  });

  it('leaves running what onFree does not stop, the calls of which are refused after close()', async () => {
    const bell = new EventEmitter();
    Object.assign(globalThis, { bell });
    onTestFinished(() => void Reflect.deleteProperty(globalThis, 'bell'));
    const armory: PluginText = { name: 'armory', exports: { sword: '() => "Orcrist"' } };
    const restless: PluginText = {
      ...guardian,
      imports: ['armory'],
      live: { live_ask: `() => callImport('armory', 'sword', [])` },
      hooks: {
        onInit: `(vault) => {
          bell.once('rung', async () => {
            const calls = [callImport('armory', 'sword', []), vault.call('live_ask')];
            bell.emit('answered', await Promise.allSettled(calls));
          });
        }`,
      },
    };
    const swapper = await loadIn('static', [restless, armory]);
    expect(await swapper.call('live_ask')).toBe('Orcrist');
    await swapper.close();
    const answered = once(bell, 'answered');
    bell.emit('rung');
    const refused = { status: 'rejected', reason: { code: 'RETIRED', plugin: 'guardian' } };
    expect(await answered).toMatchObject([[refused, refused]]);
  });

  it('writes to the output of the host itself, ends the host when it exits, and leaves stacks to Node', async () => {
    const folder = await tempFolder();
    const outDir = join(folder, 'out');
    const sources = await writePlugins(join(folder, 'plugins'), { guardian: fragile });
    await build({ sources, outDir, static: true });
    await writeFiles(outDir, { 'host.mjs': host });
    const run = (...flags: string[]) => runNode(...flags, join(outDir, 'host.mjs'));

    const { code, stdout } = await run();
    expect(code).toBe(3);
    expect(stdout).toContain('on watch\n');
    expect(stdout).not.toContain('an event');
    expect(stdout).toMatch(/live_fail .*guardian\.plugin\.mjs:\d+:/);
    expect((await run('--enable-source-maps')).stdout).toMatch(/live_fail .*guardian\/index\.ts:6:9/);
  });
});

const fragile = {
  'index.ts': `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({});
export const live_say = (): void => console.log('on watch');
interface Fault { readonly why: string }
export function live_fail(fault: Fault): never {
  throw new Error(fault.why);
}
// liveswap-ignore no-process-control: it is what the test is about
export const live_exit = (): never => process.exit(3);
`,
};

const library = pathToFileURL(join(import.meta.dirname, '../../dist/lib/index.js')).href;
const host = `
import { Swapper } from ${JSON.stringify(library)};
import plugins from './static-plugins.mjs';
const swapper = new Swapper('.', { static: plugins });
swapper.on('output', ({ text }) => console.log('an event:', text));
await swapper.load();
await swapper.call('live_say');
await swapper.call('live_fail', { why: 'no steel' }).catch(({ stack }) => console.log(stack));
await swapper.call('live_exit');
`;

function runNode(...args: string[]): Promise<{ code: number; stdout: string }> {
  // NODE_OPTIONS may ask for source maps.
  const env = quietEnv({ NODE_OPTIONS: undefined });
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (error, stdout) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout }),
    );
  });
}
