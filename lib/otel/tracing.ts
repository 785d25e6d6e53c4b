import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Carrier } from '../core/carrier.js';
import { checkOptions } from '../core/check-options.js';
import { packageFile } from '../core/package-files.js';
import type { CallTrace, TracedCall, Tracing, TracingModules } from '../core/tracing.js';
import type { SwapEvent } from '../observe/events.js';
import { CallSpan } from './call-span.js';
import { ChangeSpans } from './change-spans.js';
import { sideSpans } from './side-spans.js';
import { injectInto, parentOf } from './spans.js';

/** Options of {@link tracing}. */
export interface TracingOptions {
  /**
   * The module that each thread imports before its artifact, to set up its SDK there: a path, or a `file:` URL. Its default
   * export, a function, may return `{ forceFlush }`, which is awaited within `freeMs` before the thread ends. By default, threads
   * make no spans and only pass on the carrier.
   */
  readonly thread?: string | URL;
}

/**
 * Traces calls, requests, reloads and drains with OpenTelemetry, for the option `tracing` of a swapper.
 *
 * @throws LiveswapError `OPTION_INVALID`; `START_FAILED` for `thread` in a bundled host
 *
 * @example
 * new Swapper('dist/plugins', { tracing: tracing({ thread: './otel-thread.js' }) });
 */
export function tracing(options: TracingOptions = {}): Tracing {
  checkOptions(options, {
    thread: [
      'a path or a URL',
      (value) => (typeof value === 'string' && value !== '') || value instanceof URL,
    ],
  });
  return {
    thread: options.thread === undefined ? undefined : modulesOf(options.thread),
    begin: (call: TracedCall, carrier: Carrier | undefined): CallTrace => new CallSpan(call, carrier),
    inject: (carrier) => injectInto(carrier, parentOf(carrier)),
    ...sideSpans('host', {}),
    observe: (on) => {
      const spans = new ChangeSpans();
      on((event) => spans.on(event as SwapEvent));
    },
  };
}

function modulesOf(thread: string | URL): TracingModules {
  const isUrl = thread instanceof URL || thread.startsWith('file:');
  const setUp = isUrl ? String(thread) : pathToFileURL(resolve(thread)).href;
  return { setUp, spans: pathToFileURL(packageFile('#otel-thread')).href };
}
