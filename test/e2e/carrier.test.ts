import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { toFetchHandler } from '../../lib/http/index.js';
import { LiveData, type Swapper, type SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';

const guardian: PluginText = {
  name: 'guardian',
  live: {
    live_here: '() => context.call.carrier',
    live_import: `() => callImport('armory', 'here', [])`,
    live_vault: `() => context.vault.call('live_here')`,
    live_run: `() => context.vault.run({ liveswap: 1, type: 'Live_Job', data: '[{}]' })`,
    live_extension: '() => context.vault.extension.ask()',
    live_callback: '(callback) => callback()',
    live_pass: `() => callImport('armory', 'back', [async () => context.call.carrier])`,
    live_log: `() => context.log.info({ gate: 'north' }, 'opened')`,
  },
  functions: { here: '() => context.call.carrier' },
  types: { Live_Job: 'class { handle() { return context.call.carrier; } }' },
  http: `{ fetch: async (request) => Response.json({ at: await callImport('armory', 'here', []), own: context.call.carrier, sent: request.headers.get('liveswap-carrier') }) }`,
  imports: ['armory'],
};
const armory: PluginText = {
  name: 'armory',
  exports: { here: '() => context.call.carrier', back: '(callback) => callback()' },
};

async function open(options: SwapperOptions = {}): Promise<Swapper> {
  const folder = await tempFolder();
  await deploy(folder, guardian, armory);
  const swapper: Swapper = openSwapper(folder, {
    extension: () => ({ ask: () => swapper.call('live_here') }),
    ...options,
  });
  await swapper.load();
  return swapper;
}

const request = { requestId: 'r-7', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };

test('the carrier of a call goes on to plugins, the vault, jobs, the extension and callbacks', async () => {
  const swapper = await open();
  const caller = swapper.with({ carrier: request });
  expect(await caller.call('live_here')).toEqual(request);
  expect(await caller.call('live_import')).toEqual(request);
  expect(await caller.call('live_vault')).toEqual(request);
  expect(await caller.call('live_extension')).toEqual(request);
  expect(await caller.call('live_callback', () => swapper.call('live_here'))).toEqual(request);
  expect(await caller.call('live_pass')).toEqual(request);
  expect(await caller.run(LiveData.of('Live_Job', {}))).toEqual(request);
  expect(await swapper.call('live_here')).toBeUndefined();
});

test('the option makes a carrier for each call, in the context of whoever calls', async () => {
  const store = new AsyncLocalStorage<string>();
  const carrier = (): Record<string, string> | undefined => {
    const id = store.getStore();
    return id === undefined ? undefined : { id };
  };
  const swapper = await open({ carrier });
  const calls = ['a', 'b'].map((id) => store.run(id, () => swapper.call('live_import')));
  expect(await Promise.all(calls)).toEqual([{ id: 'a' }, { id: 'b' }]);
  const invoke = (): Promise<unknown> => swapper.current.plugin('guardian').invoke('here');
  expect(await store.run('c', invoke)).toEqual({ id: 'c' });
  expect(await store.run('d', () => swapper.pin().call('live_here'))).toEqual({ id: 'd' });
  expect(await store.run('e', () => swapper.with({ carrier: { id: 'own' } }).call('live_here'))).toEqual({
    id: 'own',
  });
  expect(await swapper.call('live_here')).toBeUndefined();
});

test('requests carry what the host adds and the trace of their headers, and nothing that a client makes up', async () => {
  const { traceparent } = request;
  const swapper = await open({ carrier: () => ({ requestId: 'r-7' }) });
  const headers = { traceparent, 'liveswap-carrier': encodeURIComponent('{"admin":"yes"}') };
  const handler = toFetchHandler(swapper, { plugin: 'guardian' });
  const response = await handler(new Request('http://localhost/', { headers }));
  expect(await response.json()).toEqual({ at: request, own: request, sent: null });
  const server = await openServer(swapper);
  expect(await (await fetch(server.url, { headers })).json()).toEqual({
    at: { traceparent },
    own: { traceparent },
    sent: null,
  });
});

test('each line that a call logs has what it carries', async () => {
  const lines: object[] = [];
  const silent = (): void => {};
  const logger = {
    debug: silent,
    info: (facts: object) => void lines.push(facts),
    warn: silent,
    error: silent,
  };
  const swapper = await open({ logger });
  await swapper.with({ carrier: request }).call('live_log');
  await swapper.call('live_log');
  await expect.poll(() => lines.filter((line) => 'gate' in line)).toHaveLength(2);
  const [carried, plain] = lines.filter((line) => 'gate' in line);
  expect(carried).toMatchObject({ gate: 'north', plugin: 'guardian', carrier: request });
  expect(plain).not.toHaveProperty('carrier');
});

test.for([
  ['a list', ['a']],
  ['a number in it', { id: 7 }],
  ['more than 8 KB', { id: 'x'.repeat(8_192) }],
] as const)('a carrier that is %s is refused', async ([, carrier]) => {
  const made = await open({ carrier: () => carrier as never });
  const refusal = { code: 'OPTION_INVALID', option: 'carrier' };
  expect(() => made.with({ carrier: carrier as never })).toThrow(expect.objectContaining(refusal));
  await expect(made.call('live_here')).rejects.toMatchObject(refusal);
  await expect(made.current.plugin('guardian').invoke('here')).rejects.toMatchObject(refusal);
});
