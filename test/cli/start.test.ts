import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { tempFolder } from '../helpers/temp-folder.js';

const hall = (name: string): PluginText => ({
  name: 'hall',
  http: `{ fetch: (request) => {
    if (!request.url.endsWith('/events')) return new Response('${name}');
    return new Response(new ReadableStream({
      start(events) {
        events.enqueue(new TextEncoder().encode('begun '));
        context.signal.addEventListener('abort', () => { events.enqueue(new TextEncoder().encode('ended')); events.close(); });
      },
    }));
  } }`,
});

/** The command, as a process of its own. */
function start(...args: string[]) {
  const bin = resolve(import.meta.dirname, '../../lib/cli/bin.js');
  const child = spawn(process.execPath, [bin, 'start', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  // At `exit`, what it printed last may still be on its way.
  const exited = once(child, 'close').then(([code]) => code as number);
  return {
    child,
    exited,
    errors: () => errors,
    /** The address in the first line that begins so. */
    address: async (beginning: RegExp): Promise<string> => {
      await expect.poll(() => lines.find((line) => beginning.test(line)) ?? errors).toMatch(beginning);
      return /http:\S+/.exec(lines.find((line) => beginning.test(line)) ?? '')?.[0] ?? '';
    },
  };
}

test('start serves, reloads by SIGHUP, tells its health, and ends by SIGTERM', async () => {
  const folder = await tempFolder();
  await deploy(folder, hall('one'));
  const config = join(folder, 'server.config.js');
  await writeFile(
    config,
    `export default { swapper: { control: false, standby: false }, http: { maxBodyBytes: 10 } };`,
  );
  const run = start(
    folder,
    '--port',
    '0',
    '--hostname',
    '127.0.0.1',
    '--admin-port',
    '0',
    '--config',
    config,
  );
  const url = await run.address(/serving/);
  const health = await run.address(/health/);
  const ask = async (path: string): Promise<[number, string]> => {
    const answer = await fetch(new URL(path, health));
    return [answer.status, (await answer.text()).trim()];
  };
  expect(await (await fetch(url)).text()).toBe('one');
  expect((await fetch(url, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
  expect([await ask('/-/live'), await ask('/-/health')]).toEqual([
    [200, 'ok'],
    [200, 'ok'],
  ]);
  expect((await ask('/-/metrics'))[1]).toContain('liveswap_generation 1');
  expect((await fetch(new URL('/-/live', url))).status).toBe(200);
  expect(await (await fetch(new URL('/-/live', url))).text()).toBe('one');
  await deploy(folder, hall('two'));
  run.child.kill('SIGHUP');
  await expect.poll(async () => (await fetch(url)).text()).toBe('two');
  const events = await fetch(new URL('/events', url));
  run.child.kill('SIGTERM');
  expect(await events.text()).toBe('begun ended');
  expect(await run.exited).toBe(0);
});

test('start names what it cannot serve, and exits with 2', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'armory' });
  const none = start(folder, '--port', '0');
  expect(await none.exited).toBe(2);
  expect(none.errors()).toContain('no plugin has http');
  const unreadable = start(folder, '--config', join(folder, 'missing.js'));
  expect(await unreadable.exited).toBe(2);
  expect(unreadable.errors()).toContain('Cannot read the config');
  expect(await start(folder, '--port', 'many').exited).toBe(2);
});
