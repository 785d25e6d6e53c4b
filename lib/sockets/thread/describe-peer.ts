import type { Socket } from 'node:net';
import type { PeerFacts, TlsFacts } from '../protocol.js';

/** Gives a socket without a handle the peer's properties. */
export function describePeer(socket: Socket, facts: PeerFacts): void {
  const { localAddress, localPort, localFamily, remoteAddress, remotePort, remoteFamily, tls } = facts;
  const local = { address: localAddress, port: localPort, family: localFamily };
  const remote = { address: remoteAddress, port: remotePort, family: remoteFamily };
  const properties = {
    localAddress,
    localPort,
    localFamily,
    remoteAddress,
    remotePort,
    remoteFamily,
    address: () => local,
    _getpeername: () => remote,
    _getsockname: () => local,
    ...(tls && tlsSide(tls)),
  };
  for (const [name, value] of Object.entries(properties))
    Object.defineProperty(socket, name, { value, configurable: true });
}

/** Returns the additional facts of a `tls.TLSSocket`. */
function tlsSide({ protocol, cipher, servername, alpnProtocol, authorized, peerCertificate }: TlsFacts) {
  return {
    encrypted: true,
    authorized,
    servername,
    alpnProtocol,
    getProtocol: () => protocol,
    getCipher: () => cipher,
    getPeerCertificate: () => peerCertificate,
  };
}
