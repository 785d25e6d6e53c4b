import { createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer, Server as TlsServer } from 'node:tls';
import { connectSocket } from '../sockets/host/socket-end.js';
import { Switchboard } from '../sockets/host/switchboard.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import type { ListenAddress, ListenRequest } from '../surface/listen.js';
import type { OpenPort } from './address-book.js';

/** Answer to a request that nobody took, when nothing of an answer has been written. */
const REFUSAL = 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

/**
 * Listens where a server of the app wants to. The bytes of its connections go to the threads of the app, each with `key`; of a TLS
 * server they are decrypted here.
 */
export async function openAppPort(request: ListenRequest, key: string): Promise<OpenPort<Tunnel>> {
  const board = new Switchboard();
  const take = (socket: Parameters<typeof connectSocket>[0]): void => {
    connectSocket(socket, { place: (connection) => board.place(connection), refusal: () => REFUSAL }, key);
  };
  const { tls, ...where } = request;
  const server = tls
    ? createTlsServer({ ...tls, allowHalfOpen: true } as Parameters<typeof createTlsServer>[0], take)
    : createServer({ allowHalfOpen: true, noDelay: true }, take);
  await listening(server, where);
  return {
    address: addressOf(server),
    board,
    renew: (next) => {
      if (next.tls && server instanceof TlsServer) server.setSecureContext(next.tls);
    },
    close: () => {
      server.close();
      board.close();
    },
  };
}

function listening(server: Server, where: Omit<ListenRequest, 'tls'>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      // A connection that cannot be accepted does not affect the others.
      server.on('error', () => {});
      resolve();
    });
  });
}

function addressOf(server: Server): ListenAddress {
  const address = server.address() as AddressInfo | string;
  return typeof address === 'string' ? address : { ...address };
}
