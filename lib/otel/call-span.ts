import type { Span } from '@opentelemetry/api';
import type { Carrier } from '../core/carrier.js';
import type { CallTrace, TracedCall } from '../core/tracing.js';
import { SpanKind, trace } from './api.js';
import { beginSpan, endSpan, injectInto, linksTo, parentOf, rpcAttributes } from './spans.js';

/** The client span of a call by the host. */
export class CallSpan implements CallTrace {
  readonly carrier: Carrier;
  readonly #span: Span;
  readonly #beganAt = performance.now();
  #attempts = 0;

  constructor({ method, plugin, version, generation, origins }: TracedCall, carrier: Carrier | undefined) {
    const parent = parentOf(carrier);
    const attributes = {
      ...rpcAttributes(method),
      'liveswap.plugin': plugin,
      'liveswap.version': version,
      ...(generation !== undefined && { 'liveswap.generation': generation }),
    };
    const links = linksTo(origins);
    this.#span = beginSpan({ name: method, kind: SpanKind.CLIENT, attributes, parent, links });
    this.carrier = injectInto(carrier, trace.setSpan(parent, this.#span)) ?? {};
  }

  sent(thread: number): void {
    this.#attempts++;
    const queuedMs = performance.now() - this.#beganAt;
    if (this.#attempts === 1) this.#span.setAttribute('liveswap.queue_ms', queuedMs);
    this.#span.setAttributes({ 'liveswap.thread': thread, 'liveswap.attempt': this.#attempts });
  }

  end(...failure: [error?: unknown]): void {
    endSpan(this.#span, ...failure);
  }
}
