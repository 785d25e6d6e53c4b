import { Agent } from 'node:http';
import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { textOf } from '../helpers/text-of.js';

test('requests are counted in stats() as calls are, those that the server answered with an error as failures', async () => {
  const { serve } = await appProject({
    'server.js': `require('http').createServer((request, response) => {
      response.statusCode = request.url === '/bad' ? 500 : 200;
      response.end('done');
    }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const [url = ''] = app.urls;
  for (const path of ['/', '/', '/bad']) await textOf(url + path, new Agent());
  const counted = (): unknown => app.swapper.stats().plugins[0];
  await expect.poll(counted).toMatchObject({ plugin: 'gate', calls: 3, failures: 1 });
  expect(counted()).toMatchObject({ totalMs: expect.any(Number) as number });
});

test('a datagram socket that only sends, or takes any port, is the version’s own', async () => {
  const { serve } = await appProject({
    'server.js': `
      const socket = require('dgram').createSocket('udp4');
      socket.on('message', (text) => require('http').createServer((request, response) => response.end(text)).listen(0, '127.0.0.1'));
      socket.bind(0, '127.0.0.1', () => {
        const { port } = socket.address();
        const other = require('dgram').createSocket('udp4');
        other.send('heard', port, '127.0.0.1', () => other.close());
      });`,
  });
  const app = await serve('server.js');
  await expect.poll(() => app.urls).toHaveLength(1);
  expect(await textOf(app.urls[0] ?? '', new Agent())).toBe('heard');
});
