import { carrierOf } from '../core/carrier.js';
import type { Chain } from '../core/chain.js';
import type { IncomingCall } from '../link/incoming-call.js';
import type { RunningCall } from '../plugin/host-binding.js';

/** Returns a call under the name of its function, with what its chain carries. */
export function chainedCall(call: IncomingCall, name: string, chain: Chain): RunningCall {
  return {
    name,
    get signal() {
      return call.signal;
    },
    get carrier() {
      return carrierOf(chain);
    },
  };
}
