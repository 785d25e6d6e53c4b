import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toFetchHandler } from '../../lib/http/index.js';
import type { Swapper } from '../../lib/index.js';
import { tracing } from '../../lib/otel/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { recordHostSpans } from '../helpers/host-spans.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { spanSetUp, spansOf } from '../helpers/span-files.js';
import { tempFolder } from '../helpers/temp-folder.js';

const api = new URL('../../node_modules/@opentelemetry/api/build/src/index.js', import.meta.url).href;
const exporter = recordHostSpans();

const guardian: PluginText = {
  name: 'guardian',
  live: {
    live_arm: `() => callImport('armory', 'sword', [])`,
    live_vault: `() => context.vault.call('live_carrier')`,
    live_carrier: '() => context.call.carrier',
    live_extension: '() => context.vault.extension.ask()',
    live_watch: `async function* () { trace.getTracer('test').startSpan('look').end(); yield 'north'; yield 'south'; }`,
    live_stream: `() => new ReadableStream({ pull(c) { c.enqueue('hail'); c.close(); } })`,
    live_fail: `() => { throw new RangeError('the gate is shut'); }`,
    live_fail_silently: '() => { throw undefined; }',
    live_watch_in_vain: `async function* () { yield 'north'; throw undefined; }`,
  },
  module: `import { trace } from ${JSON.stringify(api)};`,
  http: `{ fetch: () => Response.json(context.call.carrier ?? null) }`,
  imports: ['armory'],
};
const armory: PluginText = { name: 'armory', exports: { sword: `() => 'Ice'` } };

async function open(thread?: string): Promise<{ readonly swapper: Swapper; readonly folder: string }> {
  const folder = await tempFolder();
  const module = join(folder, 'otel-thread.mjs');
  await writeFile(module, spanSetUp(folder));
  await deploy(folder, guardian, armory);
  const swapper: Swapper = openSwapper(folder, {
    tracing: tracing(thread === undefined ? { thread: module } : {}),
    extension: () => ({
      ask: () => trace.getActiveSpan()?.spanContext().traceId,
    }),
  });
  await swapper.load();
  return { swapper, folder };
}

function finished(name: string): ReadableSpan | undefined {
  return exporter.getFinishedSpans().find((span) => span.name === name);
}

/** Runs a function in a span of the host, as a server does for a request. */
async function inRequest<T>(
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly traceId: string; readonly id: string }> {
  return trace.getTracer('test').startActiveSpan('request', async (span) => {
    const result = await run();
    span.end();
    const { traceId, spanId } = span.spanContext();
    return { result, traceId, id: spanId };
  });
}

test('a call is a client span here and a server span in its thread, and the plugin that it calls is traced with it', async () => {
  const { swapper, folder } = await open();
  const { traceId, id, result } = await inRequest(() => swapper.call('live_arm'));
  expect(result).toBe('Ice');
  const client = finished('guardian/live_arm');
  expect(client).toMatchObject({ kind: SpanKind.CLIENT, parentSpanContext: { spanId: id, traceId } });
  expect(client?.attributes).toMatchObject({
    'rpc.system.name': 'liveswap',
    'rpc.method': 'guardian/live_arm',
    'liveswap.plugin': 'guardian',
    'liveswap.version': swapper.current.plugin('guardian').hash.slice(0, 8),
    'liveswap.generation': 1,
    'liveswap.thread': 0,
    'liveswap.attempt': 1,
    'liveswap.queue_ms': expect.any(Number) as number,
  });
  await swapper.close();
  const inGuardian = await spansOf(folder, 'guardian');
  const server = inGuardian.find(({ kind }) => kind === SpanKind.SERVER);
  expect(server).toMatchObject({ name: 'guardian/live_arm', traceId, parent: client?.spanContext().spanId });
  const nested = inGuardian.find(({ kind }) => kind === SpanKind.CLIENT);
  expect(nested).toMatchObject({ name: 'armory/sword', traceId, parent: server?.id });
  expect(await spansOf(folder, 'armory')).toMatchObject([
    { name: 'armory/sword', kind: SpanKind.SERVER, traceId, parent: nested?.id },
  ]);
});

test('the span of a call that answers with a stream ends with it, and is active in its steps', async () => {
  const { swapper, folder } = await open();
  for await (const line of (await swapper.call('live_watch')) as AsyncIterable<string>)
    expect(['north', 'south']).toContain(line);
  for await (const line of (await swapper.call('live_stream')) as ReadableStream<string>)
    expect(line).toBe('hail');
  await swapper.close();
  const spans = await spansOf(folder, 'guardian');
  const names = spans.map(({ name }) => name);
  // A span is written when it ends, so the span of a step comes before the span of its call.
  expect(names.indexOf('look')).toBeLessThan(names.indexOf('guardian/live_watch'));
  const watch = spans.find(({ name }) => name === 'guardian/live_watch');
  expect(spans.find(({ name }) => name === 'look')?.parent).toBe(watch?.id);
  expect(names).toContain('guardian/live_stream');
});

test('the span of a request ends with its response', async () => {
  const { swapper, folder } = await open();
  const handler = toFetchHandler(swapper, { plugin: 'guardian' });
  await (await handler(new Request('http://localhost/'))).text();
  await swapper.close();
  const request = (await spansOf(folder, 'guardian')).find(({ name }) => name === 'GET');
  expect(request?.attributes).toMatchObject({
    'http.request.method': 'GET',
    'http.response.status_code': 200,
  });
});

test('without a set-up, threads pass the trace on and make no spans', async () => {
  const { swapper } = await open('none');
  const { traceId, result } = await inRequest(() => swapper.call('live_vault'));
  const inner = finished('guardian/live_carrier');
  expect(inner?.spanContext().traceId).toBe(traceId);
  expect(result).toMatchObject({ traceparent: `00-${traceId}-${inner?.spanContext().spanId}-01` });
  expect(inner?.parentSpanContext?.spanId).toBe(finished('guardian/live_vault')?.spanContext().spanId);
  expect(await inRequest(() => swapper.call('live_extension'))).toSatisfy(
    ({ result: seen, traceId: own }: { result: unknown; traceId: string }) => seen === own,
  );
});

test('a failed call says what it failed of', async () => {
  const { swapper } = await open('none');
  await expect(swapper.call('live_fail')).rejects.toThrow(RangeError);
  const span = finished('guardian/live_fail');
  expect(span?.status).toMatchObject({ code: SpanStatusCode.ERROR, message: 'the gate is shut' });
  expect(span?.attributes['error.type']).toBe('RangeError');
});

test.each(['live_fail_silently', 'live_watch_in_vain'])(
  '%s has failed, although nothing is thrown',
  async (name) => {
    const { swapper, folder } = await open();
    const read = async (): Promise<void> => {
      for await (const line of (await swapper.call(name)) as AsyncIterable<string>)
        expect(line).toBe('north');
    };
    await expect(read()).rejects.toBeUndefined();
    await swapper.close();
    const server = (await spansOf(folder, 'guardian')).find((span) => span.kind === SpanKind.SERVER);
    expect(server).toMatchObject({ name: `guardian/${name}`, attributes: { 'error.type': 'undefined' } });
  },
);

test('a request goes on with the trace in which it is made', async () => {
  const { swapper } = await open('none');
  const handler = toFetchHandler(swapper, { plugin: 'guardian' });
  const { traceId, result } = await inRequest(async () =>
    (await handler(new Request('http://localhost/'))).json(),
  );
  expect(result).toMatchObject({ traceparent: expect.stringContaining(traceId) as string });
});

test('reloads and drains are spans', async () => {
  const { swapper, folder } = await open('none');
  await deploy(folder, { ...guardian, module: '// another one' });
  await swapper.reload();
  await expect.poll(() => finished('liveswap drain')?.attributes['liveswap.plugin']).toBe('guardian');
  expect(finished('liveswap reload')?.attributes['liveswap.generation']).toBe(2);
  await deploy(folder, { ...guardian, module: 'throw new Error("broken")' });
  await expect(swapper.reload()).rejects.toMatchObject({ code: 'RELOAD_FAILED' });
  const failed = exporter.getFinishedSpans().filter(({ name }) => name === 'liveswap reload')[1];
  expect(failed?.attributes['error.type']).toBe('RELOAD_FAILED');
});

test('each drain is a span of its own, also of versions with the same bytes', async () => {
  const { swapper } = await open('none');
  const pins = [];
  for (let reload = 0; reload < 2; reload++) {
    pins.push(swapper.pin());
    await swapper.reload(undefined, { force: ['armory'] });
  }
  await Promise.all(pins.map((pin) => pin.release()));
  await swapper.close();
  const drains = exporter.getFinishedSpans().filter(({ name }) => name === 'liveswap drain');
  expect(
    drains.map((span) => span.attributes['liveswap.plugin']).filter((one) => one === 'armory'),
  ).toHaveLength(3);
});

test('a value that is no tracing is refused, and a set-up that fails refuses the load', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory);
  expect(() => openSwapper(folder, { tracing: {} as never })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option: 'tracing' }),
  );
  expect(() => tracing({ thread: 7 as never })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option: 'thread' }),
  );
  const swapper = openSwapper(folder, { tracing: tracing({ thread: join(folder, 'none.mjs') }) });
  await expect(swapper.load()).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    cause: { code: 'START_FAILED' },
  });
});
