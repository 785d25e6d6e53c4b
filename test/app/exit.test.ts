import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { nextEvent } from '../helpers/next-event.js';

/** Returns the processes that the system knows: one that has ended and was not reaped still takes signals. */
function known(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  });
}

test('a client gets the whole answer of an app that exits as soon as it has written it', async () => {
  const { serve } = await appProject({
    'server.js': `
      require('http').createServer((request, response) => {
        response.end('Valar morghulis'.repeat(1_000), () => process.exit());
      }).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  const answer = await fetch(urls[0] ?? '');
  expect(answer.status).toBe(200);
  expect(await answer.text()).toHaveLength(15_000);
});

test('an app sees its own listeners of its process alone, and removing all of them leaves those of liveswap', async () => {
  const { serve } = await appProject({
    'server.js': `
      const events = ['uncaughtException', 'exit'];
      const counts = () => events.map((event) => [process.listenerCount(event), process.listeners(event).length, process.eventNames().includes(event)]);
      const before = counts();
      for (const event of events) process.once(event, () => {});
      const during = counts();
      for (const event of events) process.removeAllListeners(event);
      const after = counts();
      require('http').createServer((request, response) => {
        if (request.url === '/crash') return void setImmediate(() => { throw new Error('Halt!'); });
        response.end(JSON.stringify([before, during, after]));
      }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const none = Array.from({ length: 2 }, () => [0, 0, false]);
  const one = Array.from({ length: 2 }, () => [1, 1, true]);
  const [url = ''] = app.urls;
  expect(await (await fetch(url)).json()).toEqual([none, one, none]);
  const crashed = new Promise<unknown>((resolve) => {
    app.swapper.on('threadCrashed', ({ error }) => resolve(error));
  });
  await fetch(new URL('/crash', url)).catch(() => {});
  expect(await crashed).toMatchObject({
    code: 'THREAD_CRASHED',
    message: expect.stringContaining('Halt!') as string,
  });
});

test('handlers of exit get the code with which a handler of SIGTERM ends an app', async () => {
  const { folder, serve } = await appProject({
    'server.js': `
      process.on('SIGTERM', () => process.exit(3));
      process.on('exit', (code) => require('fs').writeFileSync(__dirname + '/code', String(code)));
      require('http').createServer(() => {}).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  await app.close();
  expect(await readFile(join(folder, 'code'), 'utf8')).toBe('3');
});

test('processes that end with the version that started them leave nothing in the system’s table', async () => {
  const server = (edition: number): string => `
    const { fork, spawn } = require('child_process');
    const squire = fork(__dirname + '/squire.js', { execArgv: [] });
    const reader = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const guard = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    process.on('exit', () => guard.kill());
    require('http').createServer((request, response) => {
      response.end(JSON.stringify([${edition}, squire.pid, reader.pid, guard.pid]));
    }).listen(0, '127.0.0.1');`;
  const { write, serve } = await appProject({
    'server.js': server(1),
    'squire.js': `process.on('message', () => {});`,
  });
  const app = await serve('server.js');
  const answer = async (): Promise<number[]> => (await (await fetch(app.urls[0] ?? '')).json()) as number[];
  const [, ...first] = await answer();
  await write({ 'server.js': server(2) });
  await app.reload();
  const [edition, ...second] = await answer();
  expect(edition).toBe(2);
  await expect.poll(() => known(first), { timeout: 20_000 }).toEqual([]);
  expect(known(second)).toEqual(second);
  await app.close();
  await expect.poll(() => known(second), { timeout: 20_000 }).toEqual([]);
});

test('a process that an app starts anew whenever it ends leaves nothing in the system’s table either', async () => {
  const { folder, serve } = await appProject({
    'server.js': `
      const { spawn } = require('child_process');
      const start = () => {
        const reader = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
        require('fs').appendFileSync(__dirname + '/readers', reader.pid + '\\n');
        reader.on('exit', start);
      };
      start();
      require('http').createServer(() => {}).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  await app.close();
  const readers = (await readFile(join(folder, 'readers'), 'utf8')).trim().split('\n').map(Number);
  await expect.poll(() => known(readers), { timeout: 20_000 }).toEqual([]);
});

test('an app that dies of an error has its handlers of exit run, and not those of signals, as in a process', async () => {
  const { folder, serve } = await appProject({
    'server.js': `
      const note = (word) => require('fs').appendFileSync(__dirname + '/journal.txt', word + '\\n');
      setInterval(() => {}, 1000);
      for (const event of ['SIGTERM', 'SIGINT']) process.on(event, () => note(event));
      process.once('exit', (code) => note('exit ' + code + ' ' + process.exitCode));
      require('http').createServer((request, response) => {
        response.end();
        setImmediate(() => { throw new Error('Halt!'); });
      }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const replaced = new Promise((resolve) => {
    app.swapper.on('threadReplaced', resolve);
  });
  await fetch(app.urls[0] ?? '').catch(() => {});
  await replaced;
  await expect.poll(() => readFile(join(folder, 'journal.txt'), 'utf8')).toBe('exit 1 1\n');
});

test('an app that dies of an error is told to die of it also where a handler of exit calls process.exit', async () => {
  const { serve } = await appProject({
    'server.js': `
      process.on('exit', () => process.exit(2));
      require('http').createServer((request, response) => {
        response.end();
        setImmediate(() => { throw new Error('Halt!'); });
      }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const crashed = nextEvent(app.swapper, 'threadCrashed');
  await fetch(app.urls[0] ?? '').catch(() => {});
  expect((await crashed).error.message).toContain('Halt!');
});

test('what an app writes to its processes while its thread ends is no error', async () => {
  const { folder, write, serve } = await appProject({
    'server.js': `
      const { fork } = require('child_process');
      const note = (word) => require('fs').appendFileSync(__dirname + '/journal.txt', word + '\\n');
      process.on('uncaughtExceptionMonitor', ({ message }) => note(message));
      process.on('exit', () => note('exit'));
      const options = { execArgv: [], stdio: ['pipe', 'ignore', 'ignore', 'ipc'] };
      const squire = fork(__dirname + '/squire.js', options);
      const order = () => {
        squire.send('saddle');
        squire.stdin.write('ride');
        setTimeout(order, 1);
      };
      order();
      require('http').createServer((request, response) => response.end()).listen(0, '127.0.0.1');`,
    'squire.js': `process.on('message', () => {});`,
  });
  const app = await serve('server.js');
  await fetch(app.urls[0] ?? '');
  await write({ 'server.js': `require('http').createServer().listen(0, '127.0.0.1');` });
  await app.reload();
  await expect
    .poll(() => readFile(join(folder, 'journal.txt'), 'utf8'), { timeout: 20_000 })
    .toContain('exit');
  expect(await readFile(join(folder, 'journal.txt'), 'utf8')).toBe('exit\n');
});

test('a thread ends although a handler of exit throws while a process of the app runs', async () => {
  const { serve } = await appProject({
    'server.js': `
      const guard = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      const patrol = () => setTimeout(patrol, 1000);
      patrol();
      process.on('uncaughtException', () => {});
      process.on('exit', () => {
        guard.kill();
        throw new Error('Halt!');
      });
      require('http').createServer((request, response) => response.end()).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js', { swapper: { freeMs: 300_000 } });
  await fetch(app.urls[0] ?? '');
  await app.close();
});
