import type { Carrier } from '../core/carrier.js';

type FindOrigin = () => Carrier | undefined;

let find: FindOrigin | undefined;

/** Lets live data made by this copy of the module record the work in which it is made. */
export function bindOrigin(origin: FindOrigin): void {
  find = origin;
}

/** Returns the carrier that identifies the work running here, if calls are traced. */
export function originHere(): Carrier | undefined {
  return find?.();
}
