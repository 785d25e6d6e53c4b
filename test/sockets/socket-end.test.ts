import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { SocketEnd } from '../../lib/sockets/host/socket-end.js';

/** Resolves to the host's end of a connection whose peer reads nothing yet. */
async function openEnd(): Promise<{ readonly end: SocketEnd; readonly socket: Socket; readonly peer: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const [socket] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    peer.destroy();
    socket.destroy();
    server.close();
  });
  return { end: new SocketEnd(socket, { refusal: () => '' }), socket, peer };
}

test('bytes that wait for a slow peer still arrive when its connection is closed without an end of its own', async () => {
  const { end, socket, peer } = await openEnd();
  let sent = 0;
  // The system buffers megabytes.
  while (socket.writableLength === 0 || sent === 0) {
    end.write(Buffer.alloc(1_000_000, 'the wall '), () => {});
    sent += 1_000_000;
    await new Promise((resolve) => setImmediate(resolve));
  }
  end.close(undefined);
  let got = 0;
  for await (const piece of peer) got += (piece as Buffer).length;
  expect(got).toBe(sent);
});
