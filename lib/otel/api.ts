import { createRequire } from 'node:module';
import type * as Api from '@opentelemetry/api';
import { LiveswapError } from '../core/errors.js';

/** OpenTelemetry's API, an optional peer. Without an SDK that is registered with it, nothing is recorded. */
export const { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = loadApi();

/** Loads it without an `await` at the top level, with which CommonJS could not `require` this module. */
function loadApi(): typeof Api {
  try {
    return createRequire(import.meta.url)('@opentelemetry/api') as typeof Api;
  } catch (cause) {
    throw new LiveswapError(
      'OPTION_INVALID',
      'Cannot import liveswap/otel: the package @opentelemetry/api is missing; run `npm install @opentelemetry/api`.',
      { package: '@opentelemetry/api', cause },
    );
  }
}
