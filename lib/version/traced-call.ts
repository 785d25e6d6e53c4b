import { carrierOf, withCarrier } from '../core/carrier.js';
import { pinOf } from '../core/chain.js';
import type { Tracing } from '../core/tracing.js';
import type { Call, CallRequest } from '../dispatch/call.js';
import { chainForPlugin } from '../dispatch/plugin-work.js';

/** A call of a version, and who traces it. */
export interface TracedCallFacts {
  readonly tracing: Tracing;
  readonly plugin: string;
  readonly version: string;
  /** Id of the current generation. */
  readonly generation: number | undefined;
  readonly request: CallRequest;
  readonly make: (request: CallRequest) => Call;
}

/** Makes a call whose trace goes with it, and ends when its caller is told. */
export function tracedCall(facts: TracedCallFacts): Call {
  const { tracing, plugin, version, request, make } = facts;
  const chain = request.chain ?? chainForPlugin();
  const generation = pinOf(chain) ?? facts.generation;
  const method = `${plugin}/${request.name}`;
  const trace = tracing.begin({ method, plugin, version, generation }, carrierOf(chain));
  const call = make({ ...request, trace, chain: withCarrier(chain, trace.carrier) });
  call.promise.then(
    () => trace.end(),
    (error: unknown) => trace.end(error),
  );
  return call;
}
