import type { SpanKind } from '@opentelemetry/api';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const sdk = new URL('../../node_modules/@opentelemetry/sdk-trace-node/build/src/index.js', import.meta.url)
  .href;

/** A span as a thread writes it. */
export interface ThreadSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly string[];
}

/**
 * Returns the text of a set-up that collects its thread's spans, and writes them into `folder` when flushed, a file for each
 * plugin.
 */
export function spanSetUp(folder: string): string {
  return `import { writeFileSync } from 'node:fs';
    import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from ${JSON.stringify(sdk)};
    const exporter = new InMemorySpanExporter();
    export default () => {
      new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
      return { forceFlush: async () => {
        const spans = exporter.getFinishedSpans().map((span) => ({
          name: span.name, kind: span.kind, traceId: span.spanContext().traceId, id: span.spanContext().spanId,
          parent: span.parentSpanContext?.spanId, attributes: span.attributes, links: span.links.map(({ context }) => context.spanId) }));
        const plugin = spans.map(({ attributes }) => attributes['liveswap.plugin']).find(Boolean);
        if (plugin) writeFileSync(${JSON.stringify(folder)} + '/spans-' + plugin + '.json', JSON.stringify(spans));
      } };
    };`;
}

/** Resolves to the spans that the threads of a plugin made; threads write their spans when they end. */
export async function spansOf(folder: string, plugin: string): Promise<ThreadSpan[]> {
  return JSON.parse(await readFile(join(folder, `spans-${plugin}.json`), 'utf8')) as ThreadSpan[];
}
