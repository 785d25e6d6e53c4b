import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { countThreads } from '../helpers/count-threads.js';
import { deployIn, loadIn, modes, openIn } from '../helpers/modes.js';
import { deferred } from '../helpers/deferred.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const guardian = (release: number): PluginText => ({
  name: 'guardian',
  live: {
    live_release: `() => ${release}`,
    // The function tells that it has begun, and returns when it is told to leave.
    live_keepWatch: `(port) => new Promise((resolve) => {
      port.on('message', () => { port.close(); resolve(${release}); });
      port.postMessage('standing');
    })`,
  },
});
const armory = (swords: number): PluginText => ({ name: 'armory', live: { live_swords: `() => ${swords}` } });

/** Begins a call that ends when it is told to leave. Resolves when the plugin has received the call. */
async function keepWatch(swapper: Swapper): Promise<{ ended: Promise<unknown>; port: MessagePort }> {
  const { port1, port2 } = new MessageChannel();
  const ended = swapper.with({ transfer: [port2] }).call('live_keepWatch', port2);
  await once(port1, 'message');
  return { ended, port: port1 };
}

describe.each(modes)('in mode %s', (mode) => {
  test('a load says of each plugin what became of it', async () => {
    const swapper = await deployIn(mode, [guardian(1), armory(7)]);
    const details = await swapper.load();
    expect(details).toEqual({ guardian: 'ok', armory: 'ok' });
    expect(String(details)).toBe('armory: ok, guardian: ok');
    expect([swapper.current.id, swapper.reloads]).toEqual([1, 0]);
    expect([await swapper.call('live_release'), await swapper.call('live_swords')]).toEqual([1, 7]);
  });

  test('nothing is taken before the first load, nor after the end', async () => {
    const swapper = await deployIn(mode, [guardian(1)]);
    expect(() => swapper.current).toThrow(expect.objectContaining({ code: 'NOT_LOADED' }));
    await expect(swapper.call('live_release')).rejects.toMatchObject({ code: 'NOT_LOADED' });
    await swapper.load();
    await swapper.close();
    await expect(swapper.call('live_release')).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(swapper.load()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('closing takes no more calls, lets what is pending finish, and ends every thread', async () => {
    const swapper = await loadIn(mode, [guardian(1)]);
    const { ended, port } = await keepWatch(swapper);
    const closed = swapper.close();
    await expect(swapper.call('live_release')).rejects.toMatchObject({ code: 'CLOSED' });
    port.postMessage('leave');
    expect(await ended).toBe(1);
    await closed;
    expect(countThreads()).toBe(0);
  });

  test('destroying does not wait: what is pending rejects', async () => {
    const swapper = await loadIn(mode, [guardian(1)]);
    const { ended, port } = await keepWatch(swapper);
    const destroyed = swapper.destroy();
    await expect(ended).rejects.toMatchObject({ code: 'CLOSED' });
    await destroyed;
    port.close();
    expect(countThreads()).toBe(0);
  });

  test('destroying cuts a close short that waits', async () => {
    const swapper = await loadIn(mode, [guardian(1)]);
    const { ended, port } = await keepWatch(swapper);
    const closed = swapper.close();
    const destroyed = swapper.destroy();
    await expect(ended).rejects.toMatchObject({ code: 'CLOSED' });
    await Promise.all([closed, destroyed]);
    port.close();
    expect(countThreads()).toBe(0);
  });

  test('closing and destroying again are the same closing and destroying', async () => {
    const swapper = await loadIn(mode, [guardian(1)]);
    await Promise.all([swapper.close(), swapper.close()]);
    await swapper.close();
    await Promise.all([swapper.destroy(), swapper.destroy()]);
    await swapper.close();
    expect(countThreads()).toBe(0);
  });

  test('a swapper that was never loaded can be closed', async () => {
    const swapper = await deployIn(mode, [guardian(1)]);
    await swapper.close();
    expect(countThreads()).toBe(0);
  });

  test('await using closes at the end of the block', async () => {
    const folder = await tempFolder();
    await deploy(folder, guardian(1));
    {
      await using swapper = await openIn(mode, folder);
      await swapper.load();
      expect(await swapper.call('live_release')).toBe(1);
    }
    expect(countThreads()).toBe(0);
  });
});

test('a reload says of each plugin what became of it, and counts', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian(1), armory(7));
  const swapper = openSwapper(folder);
  await swapper.load();

  await deploy(folder, guardian(2));
  const details = await swapper.reload();
  expect(details).toEqual({ armory: 'unchanged', guardian: 'ok' });
  expect(String(details)).toBe('armory: unchanged, guardian: ok');
  expect(swapper.reloads).toBe(1);
  expect(await swapper.call('live_release')).toBe(2);
  expect(await swapper.call('live_swords')).toBe(7);
});

test('while copies cannot be written or deleted a reload is refused, what runs serves on, and closing goes to its end', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian(1));
  const swapper = openSwapper(folder);
  await swapper.load();
  await rm(join(folder, '.versions'), { recursive: true });
  await writeFile(join(folder, '.versions'), 'not a folder');
  await deploy(folder, guardian(2));
  await expect(swapper.reload()).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    plugin: 'guardian',
    cause: { code: 'COPY_FAILED' },
  });
  expect(await swapper.call('live_release')).toBe(1);
  const closed = nextEvent(swapper, 'closed');
  await swapper.close();
  await closed;
  expect(countThreads()).toBe(0);
});

test('the current generation is a new one after each reload, with its plugins and their artifacts', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian(1));
  const swapper = openSwapper(folder);
  await swapper.load();
  const first = swapper.current;
  await deploy(folder, guardian(2));
  await swapper.reload();
  expect([first.id, swapper.current.id]).toEqual([1, 2]);
  expect(swapper.current.plugin('Guardian')).toMatchObject({ name: 'guardian', note: 'ok', state: 'active' });
  expect(swapper.current.plugin('guardian').hash).not.toBe(first.plugin('guardian').hash);
});

test('closing waits for the long calls of older versions too, and takes no more reloads', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian(1));
  const swapper = openSwapper(folder);
  await swapper.load();
  const { ended, port } = await keepWatch(swapper);
  await deploy(folder, guardian(2));
  await swapper.reload();
  const closed = swapper.close();
  await expect(swapper.reload()).rejects.toMatchObject({ code: 'CLOSED' });
  port.postMessage('leave');
  expect(await ended).toBe(1);
  await closed;
  expect(countThreads()).toBe(0);
});

test('closing waits for what a job of one plugin has begun in another, which may call back', async () => {
  // These writes go back and forth with the host for longer than it takes to find the other plugin idle, and to retire it.
  const strokes = `for (let stroke = 0; stroke < 300; stroke++) await context.vault.dataBag.set('stroke', stroke);`;
  const folder = await tempFolder();
  const told: string[] = [];
  await deploy(
    folder,
    {
      name: 'armory',
      module: `const arm = async () => { ${strokes} await context.vault.call('live_arm'); };`,
      live: { live_forge: '() => { context.waitUntil(arm()); }' },
    },
    {
      name: 'guardian',
      module: `const order = async () => {
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
        ${strokes}
        await context.vault.call('live_forge');
      };`,
      live: {
        live_order: '() => { context.waitUntil(order()); }',
        live_arm: '() => context.vault.extension.tell("armed")',
      },
    },
  );
  const swapper = openSwapper(folder, { extension: () => ({ tell: (text: string) => told.push(text) }) });
  await swapper.load();
  await swapper.call('live_order');
  await swapper.close();
  expect(told).toEqual(['armed']);
});

test('destroying ends a thread that never yields', async () => {
  const swapper = await loadIn('threads', [{ name: 'herald', live: { live_cry: '() => { for (;;); }' } }]);
  const cry = swapper.call('live_cry');
  const destroyed = swapper.destroy();
  await expect(cry).rejects.toMatchObject({ code: 'CLOSED' });
  await destroyed;
  expect(countThreads()).toBe(0);
});

test.for(['close', 'destroy'] as const)('%s() waits for nothing that a reload is reading', async (how) => {
  const folder = await tempFolder();
  const asked = deferred();
  const data = (): Promise<never> => {
    asked.resolve();
    return new Promise(() => {});
  };
  const swapper = openSwapper(folder, { data });
  await deploy(folder, { name: 'guardian' });
  const loading = swapper.load().catch((error: unknown) => error);
  await asked.promise;
  await swapper[how]();
  expect(await loading).toMatchObject({ code: 'LOAD_FAILED', cause: { code: 'CLOSED' } });
});

test.skipIf(process.platform === 'win32')(
  'a pipe among the artifacts refuses the reload at once',
  async () => {
    const folder = await tempFolder();
    await deploy(folder, { name: 'guardian', live: { live_answer: '() => 1' } });
    const swapper = openSwapper(folder);
    await swapper.load();
    execFileSync('mkfifo', [join(folder, 'herald.plugin.mjs')]);
    await expect(swapper.reload()).rejects.toMatchObject({
      code: 'RELOAD_FAILED',
      cause: { code: 'ARTIFACT_UNREADABLE', file: join(folder, 'herald.plugin.mjs') },
    });
    expect(await swapper.call('live_answer')).toBe(1);
  },
);
