import { inspect } from 'node:util';
import type { Chain } from './chain.js';
import { LiveswapError } from './errors.js';

/** A small map of strings that goes with a call to everything that is called on its behalf. */
export type Carrier = Readonly<Record<string, string>>;

const MOST_BYTES = 8 * 1_024;
const TAG = 'carrier ';

/** @throws LiveswapError `OPTION_INVALID` when `carrier` is no map of strings, or longer than 8 KB as JSON */
export function checkCarrier(carrier: unknown): asserts carrier is Carrier {
  const found = problemOf(carrier);
  if (found === undefined) return;
  throw new LiveswapError(
    'OPTION_INVALID',
    `The carrier must be an object of strings, at most 8 KB as JSON; ${found}.`,
    { option: 'carrier' },
  );
}

/** Returns the chain with this carrier in place of its own. */
export function withCarrier(chain: Chain, carrier: Carrier): Chain {
  return [...chain.filter((tag) => !tag.startsWith(TAG)), TAG + JSON.stringify(carrier)];
}

/** Returns the carrier that goes with a chain. */
export function carrierOf(chain: Chain): Carrier | undefined {
  const tag = chain.find((one) => one.startsWith(TAG));
  return tag === undefined ? undefined : (JSON.parse(tag.slice(TAG.length)) as Carrier);
}

function problemOf(carrier: unknown): string | undefined {
  if (typeof carrier !== 'object' || carrier === null || Array.isArray(carrier))
    return `it is ${inspect(carrier, { depth: 0 })}`;
  for (const [name, value] of Object.entries(carrier) as [string, unknown][])
    if (typeof value !== 'string') return `${name} is ${inspect(value, { depth: 0 })}`;
  const bytes = Buffer.byteLength(JSON.stringify(carrier));
  return bytes > MOST_BYTES ? `it has ${bytes} bytes` : undefined;
}
