import { SpanStatusCode } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { sideSpans } from '../../lib/otel/side-spans.js';
import { recordHostSpans } from '../helpers/host-spans.js';

const exporter = recordHostSpans();

test.each([
  ['at once', (stream: ReadableStream): unknown => stream],
  ['later', async (stream: ReadableStream): Promise<unknown> => stream],
])('the span of an answer that somebody else reads, given %s, ends with the failure', async (_when, give) => {
  const stream = new ReadableStream();
  stream.getReader();
  const answer = async (): Promise<unknown> =>
    sideSpans('guardian', {}).serveCallback('onGate', undefined, () => give(stream));
  await expect(answer()).rejects.toThrow(TypeError);
  const spans = exporter.getFinishedSpans().map(({ name, status }) => [name, status.code]);
  expect(spans).toEqual([['guardian/onGate', SpanStatusCode.ERROR]]);
});
