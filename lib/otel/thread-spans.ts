import type { Attributes, Span } from '@opentelemetry/api';
import type { CreateThreadTracing, TracedResponse } from '../core/tracing.js';
import { context, SpanKind, SpanStatusCode, trace } from './api.js';
import { runInSpan } from './run-in-span.js';
import { sideSpans } from './side-spans.js';
import { beginSpan, injectInto, parentOf, rpcAttributes } from './spans.js';

/** Makes the spans of one thread. The thread imports this module by its URL, after the module that sets up the SDK. */
const createThreadTracing: CreateThreadTracing = ({ plugin, version, thread }) => {
  const here = { 'liveswap.plugin': plugin, 'liveswap.version': version, 'liveswap.thread': thread };
  return {
    serve: (name, carrier, run, response) => {
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
      if (response) endWith(response, span);
      return runInSpan(span, parent, run, response ? 'nothing' : 'answer');
    },
    ...sideSpans(plugin, here),
    inject: (carrier) => injectInto(carrier, context.active()),
  };
};

export default createThreadTracing;

/** Ends the span of a request with its response. */
function endWith(response: TracedResponse, span: Span): void {
  response.once('close', () => {
    const { statusCode, writableFinished } = response;
    span.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) span.setAttribute('error.type', String(statusCode));
    if (statusCode >= 500 || !writableFinished) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
}

/** Describes a call by its name; a request's is `http GET`. */
function describe(plugin: string, name: string): { readonly title: string; readonly attributes: Attributes } {
  const method = /^http (\S+)$/.exec(name)?.[1];
  if (method !== undefined) return { title: method, attributes: { 'http.request.method': method } };
  return { title: `${plugin}/${name}`, attributes: rpcAttributes(`${plugin}/${name}`) };
}
