import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A socket with more bytes than the system takes, `sent` in all, because its peer has read none yet. */
export interface FullSocket {
  readonly socket: Socket;
  readonly peer: Socket;
  readonly sent: number;
}

export async function fullSocket(): Promise<FullSocket> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const [socket] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    peer.destroy();
    socket.destroy();
    server.close();
  });
  let sent = 0;
  while (socket.writableLength === 0) {
    socket.write(Buffer.alloc(1_000_000, 'the wall '));
    sent += 1_000_000;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { socket, peer, sent };
}
