import type { Carrier } from '../../core/carrier.js';
import { CARRIER_HEADER, writeCarrier } from '../carrier-header.js';

/**
 * Headers that are not passed on: the body is framed again on the way to the thread, a request that was not upgraded must not be
 * upgraded there, and the carrier is set by the host.
 */
const left: ReadonlySet<string> = new Set(['transfer-encoding', 'upgrade', CARRIER_HEADER]);

/** The parts of a request's head. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  /** Names and values alternately, as received. */
  readonly rawHeaders: readonly string[];
  /** Carrier that the host passes on to the app. */
  readonly carrier?: Carrier | undefined;
}

/** Returns the bytes of a request's head; `body` says what follows. */
export function writeHead(
  { method, target, httpVersion, rawHeaders, carrier }: RequestHead,
  body: 'as it says' | 'in chunks' | 'upgrade',
): string {
  let head = `${method} ${target} HTTP/${httpVersion}\r\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (body === 'upgrade' || !left.has(name.toLowerCase())) head += `${name}: ${rawHeaders[at + 1]}\r\n`;
  }
  if (carrier) head += `${CARRIER_HEADER}: ${writeCarrier(carrier)}\r\n`;
  return `${head}${body === 'in chunks' ? 'transfer-encoding: chunked\r\n' : ''}\r\n`;
}

/** The bytes that end a body in chunks. */
export function writeTrailers(rawTrailers: readonly string[]): string {
  let trailers = '0\r\n';
  for (let at = 0; at < rawTrailers.length; at += 2)
    trailers += `${rawTrailers[at]}: ${rawTrailers[at + 1]}\r\n`;
  return `${trailers}\r\n`;
}
