import { LiveswapError } from '../core/errors.js';

const loaded = await import('@opentelemetry/api').catch((cause: unknown) => {
  throw new LiveswapError(
    'OPTION_INVALID',
    'Cannot import liveswap/otel: the package @opentelemetry/api is missing; run `npm install @opentelemetry/api`.',
    { package: '@opentelemetry/api', cause },
  );
});

/** OpenTelemetry's API, an optional peer. Without an SDK that is registered with it, nothing is recorded. */
export const { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = loaded;
