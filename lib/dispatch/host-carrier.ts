import { carrierOf, checkCarrier, withCarrier, type Carrier } from '../core/carrier.js';
import type { Chain } from '../core/chain.js';
import { chainForPlugin } from './plugin-work.js';

/** Makes the carrier of a call, where the call is made. */
export type MakeCarrier = () => Carrier | undefined;

/**
 * Returns the carrier of a call that the host makes here: its `own`, or the one that `make` returns, or that of the call on whose
 * behalf the code runs.
 * @throws LiveswapError `OPTION_INVALID`, and what `make` throws
 */
export function carrierHere(make: MakeCarrier | undefined, own?: Carrier): Carrier | undefined {
  const carrier = own ?? make?.();
  if (carrier === undefined) return carrierOf(chainForPlugin());
  checkCarrier(carrier);
  return carrier;
}

/**
 * Returns the chain of a call that the host makes here: `chain`, by default the one in which the code runs, with the call's
 * carrier.
 */
export function chainHere(make: MakeCarrier | undefined, own?: Carrier, chain?: Chain): Chain | undefined {
  // A carrier in the chain goes on by itself.
  const carrier = make || own ? carrierHere(make, own) : undefined;
  return carrier === undefined ? chain : withCarrier(chain ?? chainForPlugin(), carrier);
}
