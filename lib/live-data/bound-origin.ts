import type { Carrier } from '../core/carrier.js';

type FindOrigin = () => Carrier | undefined;

let find: FindOrigin | undefined;

/** Lets live data that this copy of the module makes name the work in which it is made. */
export function bindOrigin(origin: FindOrigin): void {
  find = origin;
}

/** Returns what names the work that makes live data here, where calls are traced. */
export function originHere(): Carrier | undefined {
  return find?.();
}
