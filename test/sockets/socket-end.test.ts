import { expect, test } from 'vitest';
import { SocketEnd } from '../../lib/sockets/host/socket-end.js';
import { fullSocket } from '../helpers/full-socket.js';

test('bytes that wait for a slow peer still arrive when its connection is closed without an end of its own', async () => {
  const { socket, peer, sent } = await fullSocket();
  new SocketEnd(socket, { refusal: () => '' }).close(undefined);
  let got = 0;
  for await (const piece of peer) got += (piece as Buffer).length;
  expect(got).toBe(sent);
});
