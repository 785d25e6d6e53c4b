import { X509Certificate } from 'node:crypto';
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
function tlsSide(facts: TlsFacts) {
  const { protocol, cipher, servername, alpnProtocol, authorized, authorizationError, isSessionReused } =
    facts;
  const detailed = withBuffers(facts.peerCertificate);
  const { issuerCertificate: _, ...certificate } = detailed;
  return {
    encrypted: true,
    authorized,
    authorizationError,
    servername,
    alpnProtocol,
    getProtocol: () => protocol,
    getCipher: () => cipher,
    isSessionReused: () => isSessionReused,
    getPeerCertificate: (isDetailed = false) => (isDetailed ? detailed : certificate),
    getPeerX509Certificate: () => (certificate.raw ? new X509Certificate(certificate.raw) : undefined),
  };
}

interface Certificate {
  raw?: Buffer;
  issuerCertificate?: Certificate;
}

/** Returns a certificate, and those of its issuers, with their buffers, which have become plain arrays in transit. */
function withBuffers(certificate: object, made = new Map<unknown, Certificate>()): Certificate {
  const known = made.get(certificate);
  if (known) return known;
  const result: Certificate = {};
  made.set(certificate, result);
  for (const [name, value] of Object.entries(certificate) as [string, unknown][]) {
    const isIssuer = name === 'issuerCertificate' && typeof value === 'object' && value !== null;
    const buffer = value instanceof Uint8Array ? Buffer.from(value) : value;
    Object.assign(result, { [name]: isIssuer ? withBuffers(value, made) : buffer });
  }
  return result;
}
