import { expect, test } from 'vitest';
import { serve } from '../../lib/http/index.js';
import type { PluginText } from '../helpers/compose-plugin.js';
import { loadIn } from '../helpers/modes.js';
import { RawClient } from '../helpers/socket-crossing.js';
import { openServer } from '../helpers/web-plugin.js';

/**
 * Sends a header twice, and writes a body where none is allowed. `/code` tells the error of that write, `/marks` when streams are
 * full.
 */
const keep: PluginText = {
  name: 'keep',
  http: `{ [Symbol.for('liveswap.nodeHandler')]: (req, res) => {
    if (req.url === '/marks') return void res.end('(' + [req.readableHighWaterMark, res.writableHighWaterMark] + ')');
    if (req.url === '/code') return void res.end('(' + globalThis.code + ')');
    res.setHeader('x-ravens', ['dark', 'wings']);
    res.statusCode = 204;
    try { res.write('words'); } catch (error) { globalThis.code = error.code; }
    res.end();
  } }`,
};
const options = {
  highWaterMark: 1_000,
  keepAlive: true,
  keepAliveInitialDelay: 1_000,
  noDelay: false,
  rejectNonStandardBodyWrites: true,
  uniqueHeaders: ['x-ravens'],
};

test.each([undefined, { '/': 'keep', '/other': 'keep' }])(
  'options of node:http mean what they do there, mounts: %j',
  async (mount) => {
    const swapper = await loadIn('threads', [keep]);
    const server = await openServer(swapper, { ...options, ...(mount && { mount }) });
    const client = new RawClient(server.port);
    client.write('GET / HTTP/1.1\r\nhost: keep\r\n\r\n');
    expect(await client.until('\r\n\r\n')).toContain('x-ravens: dark; wings\r\n');
    client.write('GET /code HTTP/1.1\r\nhost: keep\r\n\r\n');
    expect(await client.until(')')).toContain('(ERR_HTTP_BODY_NOT_ALLOWED)');
    client.write('GET /marks HTTP/1.1\r\nhost: keep\r\n\r\n');
    expect(await client.until(')', 2)).toContain('(1000,1000)');
  },
);

test('a head may take as long as the whole request, unless it is said', async () => {
  const swapper = await loadIn('static', [keep]);
  const { url } = await openServer(swapper, { requestTimeout: 1_000 });
  expect((await fetch(url)).status).toBe(204);
  await expect(serve(swapper, { requestTimeout: 1_000, headersTimeout: 2_000 })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    option: 'headersTimeout',
  });
  await expect(serve(swapper, { uniqueHeaders: [1] as never })).rejects.toMatchObject({
    option: 'uniqueHeaders',
  });
});
