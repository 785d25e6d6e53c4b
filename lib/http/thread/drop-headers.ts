import type { IncomingMessage } from 'node:http';
import type { TrustProxy } from '../thread-options.js';

/** Removes the headers for which `isMeant` holds; it receives their names in lower case. */
export function dropHeaders(
  { rawHeaders, headers }: IncomingMessage,
  isMeant: (name: string) => boolean,
): void {
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    if (!isMeant(name)) continue;
    rawHeaders.splice(at, 2);
    delete headers[name];
  }
}

/** Removes headers in which a client claims to act for somebody else, unless the client is a trusted proxy. */
export function dropForged(req: IncomingMessage, trustProxy: TrustProxy): void {
  if (!trusts(trustProxy, req.socket.remoteAddress)) dropHeaders(req, isForwarded);
}

function isForwarded(name: string): boolean {
  return name.startsWith('x-forwarded-');
}

/** Returns whether a proxy at an address is trusted: as in srvx, which does not export its function. */
function trusts(trustProxy: TrustProxy, address: string | undefined): boolean {
  if (typeof trustProxy === 'boolean') return trustProxy;
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:(?=.*\.)/, '');
  if (trustProxy === 'loopback') return plain === '::1' || plain.startsWith('127.');
  return trustProxy.includes(address) || trustProxy.includes(plain);
}
