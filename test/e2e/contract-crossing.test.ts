import { describe, expect, it } from 'vitest';
import { modes, useBuilt } from '../helpers/modes.js';

const guardian = {
  'index.ts': `
    import { definePlugin } from 'liveswap/plugin';
    export default definePlugin({});`,
  'jobs/salute.ts': `
    import { context, transfer } from 'liveswap/plugin';
    export const live_where = () => ({ plugin: context.plugin, thread: context.thread, call: context.call?.name });
    export function live_report() { context.log.warn({ gate: 'north' }, 'A stranger is at the gate.'); }
    export function live_echo(value: unknown) { return value; }
    export async function live_each(items: number[], use: (item: number) => Promise<number>) {
      const used = [];
      for (const item of items) used.push(await use(item));
      return used;
    }
    export async function* live_count(to: number) {
      try { for (let n = 1; n <= to; n++) yield n; }
      finally { await context.vault.dataBag.set('counted', to); }
    }
    export function live_stream(text: string) {
      return new ReadableStream({ start(controller) { for (const c of text) controller.enqueue(c); controller.close(); } });
    }
    export async function live_read(stream: ReadableStream<string>) {
      let text = '';
      for await (const chunk of stream) text += chunk;
      return text;
    }
    export async function live_write(sink: WritableStream<string>) {
      const writer = sink.getWriter();
      await writer.write('first'); await writer.write('second'); await writer.close();
    }
    export async function live_fail() {
      throw Object.assign(new RangeError('too far', { cause: new TypeError('no map') }), { code: 'E_FAR', miles: 3 });
    }
    export async function live_tell(say?: (text: string) => void, done: (() => Promise<void>) | null = null) {
      return [await say?.('hail'), await done?.()];
    }
    export function live_nest() { return { items: [{ onDone: () => {} }] }; }
    export async function live_wait(signal: AbortSignal) {
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return String(signal.reason);
    }
    export async function live_stop() {
      const { signal } = context.call!;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await context.vault.dataBag.set('stopped', true);
    }
    export function live_bytes(size: number) { const bytes = new Uint8Array(size); return transfer(bytes, [bytes.buffer]); }
    export function live_detach(buffer: ArrayBuffer) { return buffer.byteLength; }`,
};

const swapperOf = useBuilt({ guardian });

describe.each(modes)('in mode %s', (mode) => {
  it('answers by name, from the swapper and from the vault, and knows where it runs', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    const answer = { plugin: 'guardian', thread: { index: 0, count: 1 }, call: 'live_where' };
    expect(await swapper.call('live_where')).toEqual(answer);
    expect(await swapper.live<{ live_where(): Promise<unknown> }>().live_where()).toEqual(answer);
    expect(await swapper.current.vault.live['live_where']?.()).toEqual(answer);
  });

  it('logs to the logger of the host, with what it is', async () => {
    const lines: unknown[][] = [];
    const note = (...line: unknown[]): void => void lines.push(line);
    const logger = { debug: () => {}, info: () => {}, warn: note, error: note };
    const swapper = await swapperOf(mode, { logger });
    await swapper.load();
    await swapper.call('live_report');
    const version = swapper.current.plugin('guardian').hash.slice(0, 8);
    const facts = { plugin: 'guardian', version, thread: 0, gate: 'north' };
    await expect.poll(() => lines).toEqual([[facts, 'A stranger is at the gate.']]);
  });

  it('clones what crosses: nothing is shared by accident', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    const given = { at: new Date(0), seen: new Map([['gate', new Set([1])]]), big: 10n };
    const got = await swapper.call('live_echo', given);
    expect(got).toEqual(given);
    expect(got).not.toBe(given);
  });

  it('passes call-backs, iterators and streams, both ways', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    expect(await swapper.call('live_each', [1, 2, 3], async (item: number) => item * 10)).toEqual([
      10, 20, 30,
    ]);
    const counted: number[] = [];
    for await (const n of (await swapper.call('live_count', 5)) as AsyncIterable<number>) {
      counted.push(n);
      if (n === 3) break;
    }
    expect(counted).toEqual([1, 2, 3]);
    expect(await swapper.current.vault.dataBag.get('counted')).toBe(5);
    const letters: string[] = [];
    for await (const letter of (await swapper.call('live_stream', 'abc')) as ReadableStream<string>) {
      letters.push(letter);
    }
    expect(letters).toEqual(['a', 'b', 'c']);
    expect(await swapper.call('live_read', ReadableStream.from(['x', 'y']))).toBe('xy');
    const written: string[] = [];
    const sink = new WritableStream<string>({ write: (chunk) => void written.push(chunk) });
    await swapper.call('live_write', sink);
    expect(written).toEqual(['first', 'second']);
  });

  it('drops what a call-back returns that is declared to return nothing', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    const answer = (): unknown => ({ end() {} });
    expect(await swapper.call('live_tell', answer, answer)).toEqual([undefined, undefined]);
  });

  it('passes signals, and tells a call when its caller gave up', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    const controller = new AbortController();
    const waiting = swapper.call('live_wait', controller.signal);
    controller.abort('enough');
    expect(await waiting).toBe('enough');
    expect(await swapper.call('live_wait', AbortSignal.abort('before'))).toBe('before');
    const late = swapper.with({ timeoutMs: 10 }).call('live_stop');
    await expect(late).rejects.toMatchObject({ code: 'CALL_TIMEOUT' });
    const { dataBag } = swapper.current.vault;
    await expect.poll(() => dataBag.get('stopped')).toBe(true);
    const gone = swapper.with({ signal: AbortSignal.abort('never mind') }).call('live_where');
    await expect(gone).rejects.toMatchObject({ code: 'CALL_ABORTED', cause: 'never mind' });
  });

  it('carries errors faithfully, with the TypeScript line and the caller', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    const askForIt = async (): Promise<void> => {
      await swapper.call('live_fail');
    };
    const error: unknown = await askForIt().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: 'too far', code: 'E_FAR', miles: 3 });
    expect((error as Error).cause).toBeInstanceOf(TypeError);
    expect((error as Error).stack).toMatch(/guardian\/jobs\/salute\.ts:28:/);
    expect((error as Error).stack).toContain('askForIt');
  });

  it('names the path of what cannot cross, and goes on', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    await expect(swapper.call('live_nest')).rejects.toMatchObject({
      code: 'NOT_CLONEABLE',
      path: 'result.items[0].onDone',
    });
    await expect(swapper.call('live_echo', { deep: [{ call: () => {} }] })).rejects.toMatchObject({
      code: 'NOT_CLONEABLE',
      path: 'arguments[0].deep[0].call',
    });
    expect(await swapper.call('live_echo', 1)).toBe(1);
  });

  it('moves what is to be moved', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    const buffer = new ArrayBuffer(64);
    expect(await swapper.with({ transfer: [buffer] }).call('live_detach', buffer)).toBe(64);
    expect(buffer.byteLength).toBe(0);
    expect(await swapper.call('live_bytes', 16)).toEqual(new Uint8Array(16));
  });
});
