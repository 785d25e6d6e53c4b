import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';

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
