import { Agent } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { textOf } from '../helpers/text-of.js';

test('connections that are between two requests do not keep an app that is closed, also when no request has come since a reload', async () => {
  const server = (edition: number): string => `
    const server = require('http').createServer((request, response) => response.end('${edition}'));
    server.keepAliveTimeout = 0;
    server.listen(0, '127.0.0.1');`;
  const { write, serve } = await appProject({ 'server.js': server(1) });
  const app = await serve('server.js', { swapper: { drainMs: 300_000 } });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  expect(await textOf(app.urls[0] ?? '', agent)).toBe('1');
  await write({ 'server.js': server(2) });
  await app.reload();
  expect(Object.keys(agent.freeSockets)).toHaveLength(1);
  await app.close();
  await expect.poll(() => Object.keys(agent.freeSockets)).toEqual([]);
});
