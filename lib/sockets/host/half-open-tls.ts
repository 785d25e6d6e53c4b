import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';

/**
 * Makes a TLS server whose connections may be half open once they are encrypted. A connection ends when its peer ends it before, or
 * takes too long: where connections may be half open, the platform leaves both to nobody, and each such peer would hold a descriptor
 * for ever.
 */
export function createHalfOpenTlsServer(options: TlsOptions, take: (socket: TLSSocket) => void): Server {
  const server = createServer({ ...options, allowHalfOpen: true }, (socket) => {
    socket.allowHalfOpen = true;
    take(socket);
  });
  // The TLS socket is made with this setting of the one below.
  server.prependListener('connection', (socket) => {
    socket.allowHalfOpen = false;
  });
  return server.on('tlsClientError', (_error, socket) => void socket.destroy());
}
