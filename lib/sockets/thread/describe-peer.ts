import type { Socket } from 'node:net';
import type { PeerFacts, TlsFacts } from '../protocol.js';

/** Lets a socket without a handle say of its peer what one with a handle says. */
export function describePeer(socket: Socket, { tls, label: _, ...addresses }: PeerFacts): void {
  const { localAddress, localPort, localFamily, remoteAddress, remotePort, remoteFamily } = addresses;
  const own: Record<string, unknown> = { ...addresses, ...(tls && tlsSide(tls)) };
  const functions = {
    address: () => ({ address: localAddress, port: localPort, family: localFamily }),
    _getpeername: () => ({ address: remoteAddress, port: remotePort, family: remoteFamily }),
    _getsockname: () => ({ address: localAddress, port: localPort, family: localFamily }),
  };
  for (const [name, value] of Object.entries({ ...own, ...functions })) {
    Object.defineProperty(socket, name, { value, configurable: true, enumerable: false });
  }
}

/** What a `tls.TLSSocket` says beside that. */
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
