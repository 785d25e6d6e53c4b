import type { Attributes, Context, Span } from '@opentelemetry/api';
import type { CreateThreadTracing } from '../core/tracing.js';
import { context, SpanKind, trace } from './api.js';
import { beginSpan, endSpan, injectInto, parentOf, rpcAttributes } from './spans.js';

/** Makes the spans of one thread; imported there by its URL, after the module that sets up the SDK. */
const createThreadTracing: CreateThreadTracing = ({ plugin, version, thread }) => {
  const here = { 'liveswap.plugin': plugin, 'liveswap.version': version, 'liveswap.thread': thread };
  return {
    serve: (name, carrier, run) => {
      // An SDK that traces HTTP by itself has made the server span already.
      if (trace.getActiveSpan()) return run();
      const parent = parentOf(carrier);
      const { title, attributes } = describe(plugin, name);
      const span = beginSpan({
        name: title,
        kind: SpanKind.SERVER,
        attributes: { ...attributes, ...here },
        parent,
      });
      return runIn(span, parent, run);
    },
    call: (method, send) => {
      const parent = context.active();
      const span = beginSpan({
        name: method,
        kind: SpanKind.CLIENT,
        attributes: rpcAttributes(method),
        parent,
      });
      return runIn(span, parent, send);
    },
    inject: (carrier) => injectInto(carrier, context.active()),
  };
};

export default createThreadTracing;

/** Runs something in a span, which ends when it has settled. */
function runIn<Result>(span: Span, parent: Context, run: () => Result): Result {
  const failed = (error: unknown): void => endSpan(span, error);
  try {
    const result = context.with(trace.setSpan(parent, span), run);
    Promise.resolve(result).then(() => endSpan(span), failed);
    return result;
  } catch (error) {
    failed(error);
    throw error;
  }
}

/** Describes a call by its name; a request's is `http GET`. */
function describe(plugin: string, name: string): { readonly title: string; readonly attributes: Attributes } {
  const method = /^http (\S+)$/.exec(name)?.[1];
  if (method !== undefined) return { title: method, attributes: { 'http.request.method': method } };
  return { title: `${plugin}/${name}`, attributes: rpcAttributes(`${plugin}/${name}`) };
}
