import type { Attributes, Context, Span } from '@opentelemetry/api';
import { isThenable } from '../core/is-thenable.js';
import type { CreateThreadTracing, TracedResponse } from '../core/tracing.js';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from './api.js';
import { beginSpan, endSpan, injectInto, parentOf, rpcAttributes } from './spans.js';
import { untilEnded } from './until-ended.js';

/** Makes the spans of one thread; imported there by its URL, after the module that sets up the SDK. */
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
      return runIn(span, parent, run, response ? 'nothing' : 'answer');
    },
    serveCallback: (name, carrier, run) => {
      // Not the context in which it was made: that call may be long over.
      const parent = carrier ? propagation.extract(ROOT_CONTEXT, carrier) : context.active();
      const method = `${plugin}/${name}`;
      const attributes = { ...rpcAttributes(method), ...here };
      return runIn(
        beginSpan({ name: method, kind: SpanKind.SERVER, attributes, parent }),
        parent,
        run,
        'answer',
      );
    },
    call: (method, send) => {
      const parent = context.active();
      const span = beginSpan({
        name: method,
        kind: SpanKind.CLIENT,
        attributes: rpcAttributes(method),
        parent,
      });
      return runIn(span, parent, send, 'settled');
    },
    inject: (carrier) => injectInto(carrier, context.active()),
  };
};

export default createThreadTracing;

/** End of a span: with the answer and its streams, as soon as the answer is there, or by other code. */
type Until = 'answer' | 'settled' | 'nothing';

/** Runs a function in a span that ends after it. */
function runIn<Result>(span: Span, parent: Context, run: () => Result, until: Until): Result {
  const active = trace.setSpan(parent, span);
  const end = once((error?: unknown) => endSpan(span, error));
  const within = <Value>(step: () => Value): Value => context.with(active, step);
  const settled = (answer: unknown): unknown => {
    if (until === 'answer') return untilEnded(answer, within, end);
    if (until === 'settled') end();
    return answer;
  };
  const failed = (error: unknown): never => {
    if (until !== 'nothing') end(error);
    throw error;
  };
  try {
    const result = within(run);
    return (isThenable(result) ? Promise.resolve(result).then(settled, failed) : settled(result)) as Result;
  } catch (error) {
    return failed(error);
  }
}

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

function once(run: (error?: unknown) => void): (error?: unknown) => void {
  let hasRun = false;
  return (error) => {
    if (!hasRun) run(error);
    hasRun = true;
  };
}

/** Describes a call by its name; requests are named `http GET`. */
function describe(plugin: string, name: string): { readonly title: string; readonly attributes: Attributes } {
  const method = /^http (\S+)$/.exec(name)?.[1];
  if (method !== undefined) return { title: method, attributes: { 'http.request.method': method } };
  return { title: `${plugin}/${name}`, attributes: rpcAttributes(`${plugin}/${name}`) };
}
