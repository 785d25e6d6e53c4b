import { describe, expect, it } from 'vitest';
import { isLiveswapError, LiveData, type Vault } from '../../lib/index.js';
import { modes, useBuilt } from '../helpers/modes.js';

const armory = {
  'index.ts': `
    import { definePlugin, type ExportsOf } from 'liveswap/plugin';
    const plugin = definePlugin({
      exports: async () => ({ sword: async (owner: string) => 'a sword for ' + owner }),
      functions: { count: () => 7 },
      async onLoad(data) { (data as { log(line: string): void }) ; },
    });
    export default plugin;
    export type ArmoryApi = ExportsOf<typeof plugin>;`,
};

const guardian = {
  'index.ts': `
    import { definePlugin, context } from 'liveswap/plugin';
    export const motto = { words: ['stand', 'fast'] };
    export const post = () => 'gate';
    const note = async (hook: string) => {
      const { dataBag } = context.vault;
      await dataBag.set('hooks', [...((await dataBag.get('hooks')) as string[] ?? []), hook]);
    };
    export default definePlugin({
      reloadable: async () => { await note('reloadable'); return true; },
      exports: async () => { await note('exports'); return {}; },
      onLoad: async (data) => { await note('onLoad ' + JSON.stringify(data)); },
      onInit: async (vault) => { await note('onInit ' + (await vault.call('live_salute', 'Ada'))); },
      onFree: async () => { await note('onFree'); },
      functions: { polish: (times: number) => 'Polished ' + times + ' times.' },
    });`,
  'jobs/salute.ts': `
    import { context, transfer } from 'liveswap/plugin';
    import { armory } from '../deps.js';
    export async function live_salute(name: string) { return 'Hail ' + name + ', ' + (await armory.sword(name)); }
    export function live_where() { return { plugin: context.plugin, thread: context.thread, call: context.call?.name }; }
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
    export function live_detach(buffer: ArrayBuffer) { return buffer.byteLength; }
    export async function live_register() {
      await (context.vault.extension as { route(path: string, handler: () => string): Promise<void> }).route('/', () => 'from the plugin');
    }`,
  'deps.ts': `
    import { importPlugin } from 'liveswap/plugin';
    import type { ArmoryApi } from '../armory/index.js';
    export const armory = importPlugin<ArmoryApi>('armory');`,
  'fire.ts': `
    export class Live_Fire {
      shots = 1;
      target = 'nothing';
      async handle() { return this.shots + ' at ' + this.target; }
    }`,
};

const herald = {
  'index.ts': `
    import { definePlugin } from 'liveswap/plugin';
    export default definePlugin({ onLoad() { throw new Error('no voice'); } });`,
};

const swapperOf = useBuilt({ guardian, armory, herald });
const only = ['guardian', 'armory'];

describe.each(modes)('with plugins in %s', (mode) => {
  it('runs the hooks in order, dependencies first, and frees in the end', async () => {
    const swapper = await swapperOf(mode, { only });
    const details = await swapper.load({ season: 'spring' });
    expect(details).toEqual({ armory: 'ok', guardian: 'ok' });
    const { dataBag } = swapper.current.vault;
    await swapper.close();
    expect(await dataBag.get('hooks')).toEqual([
      'reloadable',
      'exports',
      'onLoad {"season":"spring"}',
      'onInit Hail Ada, a sword for Ada',
      'onFree',
    ]);
  });

  it('answers live functions, plugin functions and look-ups', async () => {
    const swapper = await swapperOf(mode, { only });
    await swapper.load();
    expect(await swapper.call('live_salute', 'Ada')).toBe('Hail Ada, a sword for Ada');
    expect(await swapper.live<{ live_salute(name: string): Promise<string> }>().live_salute('Bo')).toContain(
      'Bo',
    );
    expect(await swapper.call('live_where')).toEqual({
      plugin: 'guardian',
      thread: { index: 0, count: 1 },
      call: 'live_where',
    });
    const handle = swapper.current.plugin('Guardian');
    expect(await handle.invoke('polish', 3)).toBe('Polished 3 times.');
    expect(await handle.lookup('motto')).toEqual({ words: ['stand', 'fast'] });
    await expect(handle.lookup('post')).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
    await expect(handle.lookup('nothing')).rejects.toMatchObject({ code: 'SYMBOL_UNKNOWN' });
    expect(await swapper.current.invokeEach('count')).toEqual([
      { plugin: 'armory', status: 'fulfilled', value: 7 },
    ]);
  });

  it('clones what crosses: nothing is shared by accident', async () => {
    const swapper = await swapperOf(mode, { only });
    await swapper.load();
    const given = { at: new Date(0), seen: new Map([['gate', new Set([1])]]), big: 10n };
    const got = await swapper.call('live_echo', given);
    expect(got).toEqual(given);
    expect(got).not.toBe(given);
  });

  it('passes call-backs, iterators and streams, both ways', async () => {
    const swapper = await swapperOf(mode, { only });
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

  it('passes signals, and tells a call when its caller gave up', async () => {
    const swapper = await swapperOf(mode, { only });
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
    const swapper = await swapperOf(mode, { only });
    await swapper.load();
    const askForIt = async (): Promise<void> => {
      await swapper.call('live_fail');
    };
    const error: unknown = await askForIt().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: 'too far', code: 'E_FAR', miles: 3 });
    expect((error as Error).cause).toBeInstanceOf(TypeError);
    expect((error as Error).stack).toMatch(/guardian\/jobs\/salute\.ts:29:/);
    expect((error as Error).stack).toContain('askForIt');
  });

  it('names the path of what cannot cross, and goes on', async () => {
    const swapper = await swapperOf(mode, { only });
    await swapper.load();
    await expect(swapper.call('live_nest')).rejects.toMatchObject({
      code: 'NOT_CLONEABLE',
      path: 'result.items[0].onDone',
    });
    await expect(swapper.call('live_echo', { deep: [{ call: () => {} }] })).rejects.toMatchObject({
      code: 'NOT_CLONEABLE',
      path: 'arguments[0].deep[0].call',
    });
    for (const name of ['live_nothing', '__proto__', 'constructor', 'toString', '']) {
      await expect(swapper.call(name)).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });
    }
    expect(await swapper.call('live_echo', 1)).toBe(1);
  });

  it('moves what is to be moved', async () => {
    const swapper = await swapperOf(mode, { only });
    await swapper.load();
    const buffer = new ArrayBuffer(64);
    expect(await swapper.with({ transfer: [buffer] }).call('live_detach', buffer)).toBe(64);
    expect(buffer.byteLength).toBe(0);
    expect(await swapper.call('live_bytes', 16)).toEqual(new Uint8Array(16));
  });

  it("lets plugins hand functions to the host's own object", async () => {
    const routes = new Map<string, () => Promise<string>>();
    const extension = () => ({
      route: (path: string, handler: () => Promise<string>) => void routes.set(path, handler),
    });
    const swapper = await swapperOf(mode, { only, extension });
    await swapper.load();
    await swapper.call('live_register');
    expect(await routes.get('/')?.()).toBe('from the plugin');
    await swapper.close();
    await expect(routes.get('/')?.()).rejects.toMatchObject({ code: 'RETIRED' });
  });

  it('does live data with its newest class', async () => {
    const swapper = await swapperOf(mode, { only });
    await swapper.load();
    const job = LiveData.of('Live_Fire', { shots: 3, unknown: true });
    expect(await swapper.run(LiveData.parse(JSON.stringify(job)))).toBe('3 at nothing');
    const lost = await swapper.run(LiveData.of('Live_Water', { litres: 9 })).catch((error: unknown) => error);
    expect(isLiveswapError(lost, 'TYPE_UNKNOWN') && LiveData.from(lost['data']).unwrap()).toEqual({
      litres: 9,
    });
    const wrong = swapper.run(LiveData.of('Live_Fire', { shots: 'many' }));
    await expect(wrong).rejects.toMatchObject({
      code: 'LIVE_DATA_MISMATCH',
      path: 'shots',
      expected: 'number',
    });
  });

  it('takes calls only between load and close', async () => {
    const swapper = await swapperOf(mode, { only });
    await expect(swapper.call('live_where')).rejects.toMatchObject({ code: 'NOT_LOADED' });
    await swapper.load();
    const vault: Vault = swapper.current.vault;
    expect(await vault.live['live_salute']?.('Ada')).toContain('Ada');
    const last = swapper.call('live_salute', 'Ada');
    await Promise.all([swapper.close(), swapper.close()]);
    expect(await last).toContain('Ada');
    await expect(swapper.call('live_where')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('refuses a plugin whose hook throws, and frees the others', async () => {
    const swapper = await swapperOf(mode);
    const failure: unknown = await swapper.load().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'LOAD_FAILED',
      cause: { code: 'HOOK_FAILED', plugin: 'herald', hook: 'onLoad', thread: 0 },
    });
    await expect(swapper.call('live_where')).rejects.toMatchObject({ code: 'NOT_LOADED' });
    expect(swapper.stats().plugins.flatMap((plugin) => plugin.versions)).toEqual([]);
  });
});
