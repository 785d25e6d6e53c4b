import { expect, test } from 'vitest';
import { lifetimeOf, type SwapperOptions } from '../../lib/index.js';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { quietLogger } from '../helpers/quiet-logger.js';

type Handler = (n: number) => Promise<unknown>;

interface Line {
  readonly facts: { readonly call?: string; readonly callback?: string; readonly plugin?: string };
  readonly message: string | undefined;
}

const importer = {
  name: 'importer',
  live: {
    live_import:
      '(rows, onProgress) => { for (let n = 1; n <= rows; n++) onProgress(n); return new Promise((r) => setTimeout(r, 20, rows)); }',
    live_send: '(onProgress) => { onProgress({ fn() {} }); return "sent"; }',
    live_ask: '(onProgress) => onProgress(1)',
    live_chain:
      '(onProgress) => { onProgress(1).then(() => {}).finally(() => {}); return new Promise((r) => setTimeout(r, 20, "chained")); }',
    live_die: '() => process.exit(3)',
  },
  hooks: { onInit: '(vault) => vault.extension.on((n) => n * 2)' },
};

async function open(handlers: Handler[] = [], options: SwapperOptions = {}) {
  const lines: Line[] = [];
  const error = (facts: object, message?: string): void => void lines.push({ facts, message });
  const folder = await tempFolder();
  await deploy(folder, importer);
  const swapper = openSwapper(folder, {
    logger: quietLogger({ error }),
    extension: () => ({ on: (handler: Handler) => void handlers.push(handler) }),
    ...options,
  });
  await swapper.load();
  return { swapper, lines, folder };
}

const broken = (): never => {
  throw new RangeError('nobody listens');
};

test('a call-back that throws, and that nobody waits for, is told of and ends no thread', async () => {
  const { swapper, lines } = await open();
  expect(await swapper.call('live_import', 3, broken)).toBe(3);
  expect(await swapper.call('live_chain', broken)).toBe('chained');
  await expect.poll(() => lines.length).toBe(4);
  expect(lines[0]).toMatchObject({
    facts: { plugin: 'importer', call: 'live_import', callback: 'broken' },
    message: expect.stringContaining('nobody listens') as string,
  });
  expect(swapper.stats().crashes).toBe(0);
});

test('a caller that waits for it gets the error that it threw', async () => {
  const { swapper, lines } = await open();
  await expect(swapper.call('live_ask', broken)).rejects.toThrow(RangeError);
  expect(lines).toEqual([]);
});

test('so it is with an argument of a call-back that cannot cross', async () => {
  const { swapper, lines } = await open();
  expect(await swapper.call('live_send', () => 'heard')).toBe('sent');
  await expect.poll(() => lines.length).toBe(1);
  expect(lines[0]?.message).toContain('arguments[0].fn to another thread: it is a function');
});

test('a result of a call-back that cannot cross rejects the call, and names the call-back', async () => {
  const { swapper } = await open();
  const failing = swapper.call('live_ask', function report() {
    return { fn() {} };
  });
  await expect(failing).rejects.toMatchObject({
    code: 'NOT_CLONEABLE',
    message: expect.stringContaining('the call-back report') as string,
  });
});

test('a call-back whose thread died does not end the host that calls it, and says that it is dead', async () => {
  const handlers: Handler[] = [];
  const { swapper, lines } = await open(handlers);
  const [first] = handlers as [Handler];
  expect(await first(2)).toBe(4);
  const lifetime = lifetimeOf(first);
  expect([lifetime.aborted, lifetimeOf(first) === lifetime]).toEqual([false, true]);
  await expect(swapper.call('live_die')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(lifetime.reason).toMatchObject({ code: 'THREAD_CRASHED' });
  void first(3);
  await expect.poll(() => lines.some(({ facts }) => facts.callback !== undefined)).toBe(true);
  await expect.poll(() => handlers.length).toBe(2);
  expect(await handlers[1]?.(2)).toBe(4);
});

test('one whose version has left is retired', async () => {
  const handlers: Handler[] = [];
  const { swapper, folder } = await open(handlers);
  const lifetime = lifetimeOf(handlers[0] as Handler);
  await deploy(folder, { ...importer, live: { live_other: '() => 1' } });
  await swapper.reload();
  await expect.poll(() => lifetime.aborted).toBe(true);
  expect(lifetime.reason).toMatchObject({ code: 'RETIRED' });
});

test('one whose thread was replaced is retired as well: nothing was late', async () => {
  const handlers: Handler[] = [];
  const { swapper } = await open(handlers, { plugins: { importer: { recycle: { calls: 1 } } } });
  const [first] = handlers as [Handler];
  await swapper.call('live_send', () => {});
  await expect.poll(() => lifetimeOf(first).aborted, { timeout: 10_000 }).toBe(true);
  expect(lifetimeOf(first).reason).toMatchObject({ code: 'RETIRED', plugin: 'importer' });
  await expect(first(2)).rejects.toMatchObject({ code: 'RETIRED' });
  expect(await handlers[1]?.(2)).toBe(4);
});

test('a function of one’s own lives as long as one does', () => {
  expect(lifetimeOf(() => 1).aborted).toBe(false);
});
