import { Agent } from 'node:http';
import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { textOf } from '../helpers/text-of.js';

test('a server that uses no async contexts does not pay for any: its promises get no ids, as in a process of its own', async () => {
  const { serve, write } = await appProject({ 'server.js': serverOf('first') });
  const app = await serve('server.js');
  const [url = ''] = app.urls;
  expect(await textOf(url, new Agent())).toBe('first: 0');
  await write({ 'server.js': serverOf('second') });
  await app.reload();
  expect(await textOf(url, new Agent())).toBe('second: 0');
});

/** Returns a server that answers with the id of what runs after a promise: 0, unless something has made promises get ids. */
function serverOf(edition: string): string {
  return `
    const { executionAsyncId } = require('async_hooks');
    require('http').createServer(async (request, response) => {
      await null;
      response.end('${edition}: ' + executionAsyncId());
    }).listen(0, '127.0.0.1');`;
}
