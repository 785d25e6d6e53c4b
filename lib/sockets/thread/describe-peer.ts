import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { PeerFacts, TlsFacts } from '../protocol.js';
import { unavailable } from './unavailable.js';

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
    ...refusals,
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
    getFinished: () => bufferOf(facts.finished),
    getPeerFinished: () => bufferOf(facts.peerFinished),
    getSession: () => bufferOf(facts.session),
    getSharedSigalgs: () => [...facts.sharedSigalgs],
    // As a server's socket answers.
    getEphemeralKeyInfo: () => null,
    getTLSTicket: () => undefined,
    // A size that cannot be set, and is none that anything depends on.
    setMaxSendFragment: () => false,
  };
}

/** Methods of a TLS socket that need the connection of the platform, which the host has, or are too dear to cross with each one. */
const refusals = Object.fromEntries(
  Object.getOwnPropertyNames(TLSSocket.prototype)
    .filter((name) => name !== 'constructor' && !name.startsWith('_'))
    .map((name) => [name, () => refuse(name)]),
);

function refuse(name: string): never {
  throw unavailable(
    `liveswap does not adopt ${name}() of a TLS socket: the host speaks TLS. To speak it in the app, accept with ` +
      `net.createServer(), and give each connection to the TLS server: server.emit('connection', socket).`,
  );
}

function bufferOf(bytes: Uint8Array | undefined): Buffer | undefined {
  return bytes && Buffer.from(bytes);
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
