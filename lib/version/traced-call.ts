import { types } from 'node:util';
import { carrierOf, withCarrier, type Carrier } from '../core/carrier.js';
import { pinOf } from '../core/chain.js';
import type { Tracing } from '../core/tracing.js';
import type { Call } from '../dispatch/call.js';
import type { CallRequest } from '../dispatch/call-request.js';
import { isLiveDataInstance } from '../live-data/wire.js';
import { chainForPlugin } from '../dispatch/plugin-work.js';

/** The version that is called. */
export interface Callee {
  readonly plugin: string;
  readonly version: string;
  /** Returns the id of the current generation. */
  readonly generation: () => number | undefined;
}

/** Makes a call together with its trace, which ends when the caller is told. */
export function tracedCall(
  tracing: Tracing,
  { plugin, version, generation: current }: Callee,
  request: CallRequest,
  make: (request: CallRequest) => Call,
): Call {
  const chain = request.chain ?? chainForPlugin();
  const generation = pinOf(chain) ?? current();
  const method = `${plugin}/${request.name}`;
  const origins = request.args.map(originOfArgument).filter((origin) => origin !== undefined);
  const trace = tracing.begin({ method, plugin, version, generation, origins }, carrierOf(chain));
  return make({ ...request, trace, chain: withCarrier(chain, trace.carrier) });
}

function originOfArgument(value: unknown): Carrier | undefined {
  return !types.isProxy(value) && isLiveDataInstance(value) ? value.origin : undefined;
}
