import type { Carrier } from '../../core/carrier.js';
import { CARRIER_HEADER, writeCarrier } from '../carrier-header.js';
import { endsInChunked } from './response-reader.js';

/**
 * Headers that are not passed on: a request that was not upgraded must not be upgraded in the thread, and the host sets the
 * carrier. The framing of the body is written anew where the client's framing does not fit.
 */
const left: ReadonlySet<string> = new Set(['upgrade', CARRIER_HEADER]);

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

/** The kind of body that follows a request's head. */
type Following = 'as it says' | 'in chunks' | 'upgrade';

/** Returns the bytes of a request's head; `body` tells what follows the head. */
export function writeHead(
  { method, target, httpVersion, rawHeaders, carrier }: RequestHead,
  body: Following,
): string {
  let head = `${method} ${target} HTTP/${httpVersion}\r\n`;
  let isFramed = body !== 'in chunks';
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at] as string, rawHeaders[at + 1] as string];
    const isFraming = name.toLowerCase() === 'transfer-encoding';
    if (body !== 'upgrade' && (isFraming ? isFramed || !endsInChunked(value) : left.has(name.toLowerCase())))
      continue;
    isFramed ||= isFraming;
    head += `${name}: ${value}\r\n`;
  }
  if (carrier) head += `${CARRIER_HEADER}: ${writeCarrier(carrier)}\r\n`;
  return `${head}${isFramed ? '' : 'transfer-encoding: chunked\r\n'}\r\n`;
}

/** Returns the bytes that end a body in chunks. */
export function writeTrailers(rawTrailers: readonly string[]): string {
  let trailers = '0\r\n';
  for (let at = 0; at < rawTrailers.length; at += 2)
    trailers += `${rawTrailers[at]}: ${rawTrailers[at + 1]}\r\n`;
  return `${trailers}\r\n`;
}
