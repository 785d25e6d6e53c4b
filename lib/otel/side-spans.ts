import type { Attributes } from '@opentelemetry/api';
import type { SideTracing } from '../core/tracing.js';
import { context, propagation, ROOT_CONTEXT, SpanKind } from './api.js';
import { runInSpan } from './run-in-span.js';
import { beginSpan, originOf, rpcAttributes } from './spans.js';

/** Traces call-backs and the like at the side of `owner`, a plugin or the host; `here` goes into each span of what runs there. */
export function sideSpans(
  owner: string,
  here: Attributes,
): Pick<SideTracing, 'call' | 'serveCallback' | 'origin'> {
  return {
    call: (method, send) => {
      const parent = context.active();
      const attributes = rpcAttributes(method);
      const span = beginSpan({ name: method, kind: SpanKind.CLIENT, attributes, parent });
      return runInSpan(span, parent, send, 'settled');
    },
    serveCallback: (name, carrier, run) => {
      // The context in which the call-back was made is not used: that call may be long over.
      const parent = carrier ? propagation.extract(ROOT_CONTEXT, carrier) : context.active();
      const method = `${owner}/${name}`;
      const attributes = { ...rpcAttributes(method), ...here };
      const span = beginSpan({ name: method, kind: SpanKind.SERVER, attributes, parent });
      return runInSpan(span, parent, run, 'answer');
    },
    origin: () => originOf(context.active()),
  };
}
