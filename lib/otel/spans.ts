import type { Attributes, Context, Link, Span, SpanKind as Kind } from '@opentelemetry/api';
import type { Carrier } from '../core/carrier.js';
import { isLiveswapError, messageOf } from '../core/errors.js';
import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from './api.js';

/** Facts with which a span begins. */
export interface SpanStart {
  readonly name: string;
  readonly kind: Kind;
  readonly attributes: Attributes;
  readonly parent: Context;
  /** Spans that caused it, although it is not part of them. */
  readonly links?: Link[];
}

/** Begins a span. The tracer is looked up each time: the SDK may be registered later. */
export function beginSpan({ name, kind, attributes, parent, links = [] }: SpanStart): Span {
  return trace.getTracer('liveswap').startSpan(name, { kind, attributes, links }, parent);
}

/** Returns the attributes of a call by the conventions for RPC. */
export function rpcAttributes(method: string): Attributes {
  return { 'rpc.system.name': 'liveswap', 'rpc.method': method };
}

/** Returns the context that a new span belongs to: the active one, or else that of `carrier`. */
export function parentOf(carrier: Carrier | undefined): Context {
  const active = context.active();
  return trace.getSpan(active) || !carrier ? active : propagation.extract(ROOT_CONTEXT, carrier);
}

/** Returns the carrier with the identity of a context's span added; unchanged if there is no span. */
export function injectInto(carrier: Carrier | undefined, from: Context): Carrier | undefined {
  if (!trace.getSpanContext(from)) return carrier;
  const injected: Record<string, string> = { ...carrier };
  propagation.inject(from, injected);
  return injected;
}

/** Returns a carrier with nothing but the identity of a context's span; `undefined` if there is none. */
export function originOf(from: Context): Carrier | undefined {
  const span = trace.getSpan(from);
  const origin = span && injectInto(undefined, trace.setSpan(ROOT_CONTEXT, span));
  return origin && Object.keys(origin).length > 0 ? origin : undefined;
}

/** Returns links to the spans that the carriers in `origins` identify. */
export function linksTo(origins: readonly Carrier[]): Link[] {
  return origins.flatMap((origin) => {
    const span = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, origin));
    return span ? [{ context: span }] : [];
  });
}

/** Ends a span, which failed if there is an error, even `undefined`: anything can be thrown. */
export function endSpan(span: Span, ...failure: [error?: unknown]): void {
  if (failure.length > 0) {
    const [error] = failure;
    span.setAttribute('error.type', typeOf(error));
    span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
  }
  span.end();
}

function typeOf(error: unknown): string {
  if (isLiveswapError(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
