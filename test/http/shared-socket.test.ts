import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { SharedSocket } from '../../lib/http/shared/shared-socket.js';
import { Switchboard } from '../../lib/sockets/host/switchboard.js';
import { fullSocket } from '../helpers/full-socket.js';
import { tunnelTo } from '../helpers/socket-crossing.js';

test('a client that has yet to take its answer is not seen off as an idle one', async () => {
  const switchboard = new Switchboard();
  switchboard.switchTo([tunnelTo(createServer((_request, response) => response.end('Winterfell'))).tunnel]);
  const { socket, peer } = await fullSocket();
  const shared = new SharedSocket(socket, {
    mounts: [{ prefix: '/', plugin: 'hall' }],
    headersTimeout: 60_000,
    keepAliveTimeout: 100,
    optionsFor: () => ({ place: (connection) => switchboard.place(connection), refusal: () => '' }),
    parse() {},
    onBegun() {},
  });
  onTestFinished(() => shared.close());
  peer.write('GET / HTTP/1.1\r\nHost: keep\r\n\r\n');
  await once(socket, 'timeout');
  let text = '';
  for await (const piece of peer.resume()) {
    text = (text + String(piece)).slice(-100);
    if (text.endsWith('Winterfell')) break;
  }
  expect(text).toContain('Winterfell');
});
