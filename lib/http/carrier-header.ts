import type { IncomingHttpHeaders } from 'node:http';
import type { Carrier } from '../core/carrier.js';

/** Header with the host's carrier, on requests that the host has parsed. The same header from clients is dropped. */
export const CARRIER_HEADER = 'liveswap-carrier';

/** Headers of W3C Trace Context and Baggage. */
const traceHeaders = ['traceparent', 'tracestate', 'baggage'] as const;
/** Maximum length of a request's own trace: a carrier must have room for what is added to it. */
const MOST_CHARACTERS = 4 * 1_024;

/** Returns the header's value. */
export function writeCarrier(carrier: Carrier): string {
  return encodeURIComponent(JSON.stringify(carrier));
}

/** Returns the carrier of a request: its trace, and with `isTrusted` the carrier that the host has added. */
export function readCarrier(headers: IncomingHttpHeaders, isTrusted: boolean): Carrier | undefined {
  const { [CARRIER_HEADER]: added } = headers;
  const own = isTrusted && typeof added === 'string' ? parse(added) : undefined;
  const trace = headers['traceparent'] === undefined ? undefined : traceOf(headers);
  return trace || own ? { ...trace, ...own } : undefined;
}

function traceOf(headers: IncomingHttpHeaders): Carrier {
  const found = traceHeaders.map((name) => [name, headers[name]] as const);
  const isUsable = ([, value]: (typeof found)[number]): boolean =>
    typeof value === 'string' && value.length <= MOST_CHARACTERS / traceHeaders.length;
  return Object.fromEntries(found.filter(isUsable)) as Carrier;
}

function parse(text: string): Carrier {
  return JSON.parse(decodeURIComponent(text)) as Carrier;
}
