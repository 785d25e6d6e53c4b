import { SpanKind, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toFetchHandler } from '../../lib/http/index.js';
import { LiveData, type Swapper } from '../../lib/index.js';
import { tracing } from '../../lib/otel/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { recordHostSpans } from '../helpers/host-spans.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { spanSetUp, spansOf, type ThreadSpan } from '../helpers/span-files.js';
import { tempFolder } from '../helpers/temp-folder.js';

const exporter = recordHostSpans();

const library = new URL('../../dist/lib/plugin/', import.meta.url).href;

const guardian: PluginText = {
  name: 'guardian',
  live: {
    live_watch: '(onGate) => onGate("north")',
    live_register: `() => context.vault.extension.on(async function hear() { return 'heard'; })`,
    live_order: `() => callImport('armory', 'forge', [async function strike(blow) { return blow * 2; }])`,
    live_plan: `() => LiveData.of('Live_Fire', { shots: 1 })`,
    live_read: `async (stream) => { let text = ''; for await (const part of stream) text += part; return text; }`,
  },
  types: { Live_Fire: 'class Live_Fire { shots = 0; handle() { return this.shots; } }' },
  // A build would bundle these modules into the artifact; they bind live data to its thread.
  module: `import { LiveData } from ${JSON.stringify(`${library}index.js`)};
    import { bind as bindPlugin } from ${JSON.stringify(`${library}host-binding.js`)};`,
  hooks: { onLoad: '() => bindPlugin(host)' },
  http: `{ fetch: async (request) => new Response(await request.text()) }`,
  imports: ['armory'],
};
const armory: PluginText = { name: 'armory', exports: { forge: '(strike) => strike(21)' } };

type Listener = () => Promise<unknown>;

/** Opens a swapper whose threads make spans; also resolves to the call-backs that plugins have registered with its extension. */
async function open(): Promise<{
  readonly swapper: Swapper;
  readonly folder: string;
  readonly listeners: readonly Listener[];
}> {
  const folder = await tempFolder();
  const thread = join(folder, 'otel-thread.mjs');
  await writeFile(thread, spanSetUp(folder));
  await deploy(folder, guardian, armory);
  const listeners: Listener[] = [];
  const swapper = openSwapper(folder, {
    tracing: tracing({ thread }),
    extension: () => ({
      on: (listener: Listener) => {
        mark('listened');
        listeners.push(listener);
      },
    }),
  });
  await swapper.load();
  return { swapper, folder, listeners };
}

/** Makes a span in the host, as instrumented code does. */
function mark(name: string): void {
  trace.getTracer('test').startSpan(name).end();
}

/** Runs a function in a span of the host, as a server does for a request. Resolves to the ids of the span. */
async function inRequest(run: () => unknown): Promise<{ readonly traceId: string; readonly id: string }> {
  return trace.getTracer('test').startActiveSpan('request', async (span) => {
    await run();
    span.end();
    const { traceId, spanId } = span.spanContext();
    return { traceId, id: spanId };
  });
}

function inHost(name: string, kind?: SpanKind): Pick<ThreadSpan, 'id' | 'parent' | 'traceId' | 'links'> {
  const span = exporter
    .getFinishedSpans()
    .find((one: ReadableSpan) => one.name === name && (kind === undefined || one.kind === kind));
  if (!span) throw new Error(`There is no span ${name} in the host.`);
  const { spanId: id, traceId } = span.spanContext();
  const links = span.links.map((link) => link.context.spanId);
  return { id, traceId, parent: span.parentSpanContext?.spanId, links };
}

function only(spans: readonly ThreadSpan[], name: string, kind: SpanKind): ThreadSpan {
  const found = spans.filter((span) => span.name === name && span.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as ThreadSpan;
}

test('a call-back of the host is a span where a plugin calls it, and one where it runs', async () => {
  const { swapper, folder } = await open();
  const { traceId } = await inRequest(() =>
    swapper.call('live_watch', function onGate() {
      mark('at the gate');
    }),
  );
  await swapper.close();
  const spans = await spansOf(folder, 'guardian');
  const caller = only(spans, 'host/onGate', SpanKind.CLIENT);
  expect(caller).toMatchObject({ traceId, parent: only(spans, 'guardian/live_watch', SpanKind.SERVER).id });
  const callee = inHost('host/onGate', SpanKind.SERVER);
  expect(callee).toMatchObject({ traceId, parent: caller.id });
  expect(inHost('at the gate')).toMatchObject({ traceId, parent: callee.id });
});

test('a call-back of a plugin is a span where the host calls it, and one where it runs', async () => {
  const { swapper, folder, listeners } = await open();
  await swapper.call('live_register');
  const { traceId, id } = await inRequest(async () => {
    expect(await listeners[0]?.()).toBe('heard');
  });
  const caller = inHost('guardian/hear', SpanKind.CLIENT);
  expect(caller).toMatchObject({ traceId, parent: id });
  await swapper.close();
  const callee = only(await spansOf(folder, 'guardian'), 'guardian/hear', SpanKind.SERVER);
  expect(callee).toMatchObject({ traceId, parent: caller.id });
});

test('so is a call-back that one plugin gives to another', async () => {
  const { swapper, folder } = await open();
  const { traceId } = await inRequest(async () => {
    expect(await swapper.call('live_order')).toBe(42);
  });
  await swapper.close();
  const inArmory = await spansOf(folder, 'armory');
  const caller = only(inArmory, 'guardian/strike', SpanKind.CLIENT);
  expect(caller).toMatchObject({ traceId, parent: only(inArmory, 'armory/forge', SpanKind.SERVER).id });
  const callee = only(await spansOf(folder, 'guardian'), 'guardian/strike', SpanKind.SERVER);
  expect(callee).toMatchObject({ traceId, parent: caller.id });
});

test('and so is a method of the extension', async () => {
  const { swapper, folder } = await open();
  const { traceId } = await inRequest(() => swapper.call('live_register'));
  await swapper.close();
  const spans = await spansOf(folder, 'guardian');
  const caller = only(spans, 'host/on', SpanKind.CLIENT);
  expect(caller).toMatchObject({
    traceId,
    parent: only(spans, 'guardian/live_register', SpanKind.SERVER).id,
  });
  const callee = inHost('host/on', SpanKind.SERVER);
  expect(callee).toMatchObject({ traceId, parent: caller.id });
  expect(inHost('listened')).toMatchObject({ traceId, parent: callee.id });
});

test('the span of who runs live data links to the one in which it was made, whatever it waited in', async () => {
  const { swapper, folder } = await open();
  let text = '';
  const made = await inRequest(() => {
    text = JSON.stringify(LiveData.of('Live_Fire', { shots: 3 }));
  });
  expect(await swapper.run(text)).toBe(3);
  const run = inHost('guardian/Live_Fire', SpanKind.CLIENT);
  expect(run.links).toEqual([made.id]);
  expect(run.traceId).not.toBe(made.traceId);

  exporter.reset();
  const planned = await swapper.call('live_plan');
  expect(await swapper.run(JSON.parse(JSON.stringify(planned)))).toBe(1);
  await swapper.close();
  const plan = only(await spansOf(folder, 'guardian'), 'guardian/live_plan', SpanKind.SERVER);
  expect(inHost('guardian/Live_Fire', SpanKind.CLIENT).links).toEqual([plan.id]);
});

test('live data that nobody traced, or that says nothing of it, links to nothing', async () => {
  const { swapper } = await open();
  const plain = LiveData.of('Live_Fire', { shots: 2 });
  expect(plain.toJSON()).not.toHaveProperty('origin');
  expect(await swapper.run({ ...plain.toJSON(), origin: 7 } as never)).toBe(2);
  expect(inHost('guardian/Live_Fire', SpanKind.CLIENT).links).toEqual([]);
});

test('a stream and a request with a body go on with the trace in which they were sent', async () => {
  const { swapper, folder } = await open();
  const handler = toFetchHandler(swapper, { plugin: 'guardian' });
  const body = (...parts: string[]): ReadableStream => ReadableStream.from(parts);
  const { traceId } = await inRequest(async () => {
    expect(await swapper.call('live_read', body('a', 'b'))).toBe('ab');
    const sent = body('c', 'd').pipeThrough(new TextEncoderStream());
    const request = new Request('http://localhost/', { method: 'POST', body: sent, duplex: 'half' });
    expect(await (await handler(request)).text()).toBe('cd');
  });
  await swapper.close();
  const spans = await spansOf(folder, 'guardian');
  expect(only(spans, 'guardian/live_read', SpanKind.SERVER).traceId).toBe(traceId);
  expect(only(spans, 'POST', SpanKind.SERVER).traceId).toBe(traceId);
});
