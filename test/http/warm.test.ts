import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';

/** Returns a plugin that answers /health with 503 `times` times, then with 200. */
const cold = (name: string, times: number): PluginText => ({
  name: 'hall',
  module: `let asked = 0;`,
  http: `{ fetch: (request) => request.url.endsWith('/health')
    ? new Response('', { status: asked++ < ${times} ? 503 : 200 })
    : new Response('${name} ' + asked) }`,
});

test('a new version is asked until it answers before it is made current, and refused when it does not', async () => {
  const folder = await tempFolder();
  await deploy(folder, cold('one', 0));
  const swapper = openSwapper(folder);
  await swapper.load();
  const { url } = await openServer(swapper, { warm: { path: '/health', timeoutMs: 2_000 } });
  const said = async (): Promise<string> => (await fetch(url)).text();
  await deploy(folder, cold('two', 3));
  await swapper.reload();
  expect(await said()).toBe('two 4');
  await deploy(folder, cold('three', Infinity));
  const refused = swapper.reload();
  await expect(refused).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    cause: { code: 'START_TIMEOUT', plugin: 'hall', path: '/health' },
  });
  expect(await said()).toBe('two 4');
});

test('a version that is warmed up knows that it is not active yet, and goes on answering for settleMs before onReload', async () => {
  const folder = await tempFolder();
  const hall = (name: string): PluginText => ({
    name: 'hall',
    exclusive: true,
    module: `let asked = 0;`,
    http: `{ fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/health') await context.vault.extension.note('${name} asked ' + (asked++ === 0 ? 'first' : 'again') + ' ' + context.active);
      return new Response('${name} ' + context.active, { status: pathname === '/health' && asked === 2 ? 503 : 200 });
    } }`,
    hooks: { onYield: `() => context.vault.extension.note('${name} yields')` },
  });
  await deploy(folder, hall('one'));
  const notes: string[] = [];
  const swapper = openSwapper(folder, {
    extension: () => ({ note: (text: string) => void (notes.at(-1) !== text && notes.push(text)) }),
    onReload: (_next, previous) => void (previous && notes.push('onReload')),
  });
  await swapper.load();
  const { url } = await openServer(swapper, { warm: { path: '/health', settleMs: 20, timeoutMs: 20_000 } });
  await deploy(folder, hall('two'));
  await swapper.reload();
  expect(notes).toEqual(['two asked first false', 'two asked again false', 'onReload', 'one yields']);
  expect(await (await fetch(url)).text()).toBe('two true');
});

test('an app that cannot be made refuses its version', async () => {
  const folder = await tempFolder();
  await deploy(folder, cold('one', 0));
  const swapper = openSwapper(folder);
  await swapper.load();
  const { url } = await openServer(swapper);
  await deploy(folder, { name: 'hall', http: `async () => { throw new Error('no database'); }` });
  await expect(swapper.reload()).rejects.toMatchObject({ cause: { code: 'HOOK_FAILED', hook: 'http' } });
  await deploy(folder, { name: 'hall', http: `() => 'no app'` });
  await expect(swapper.reload()).rejects.toMatchObject({ cause: { cause: { code: 'OPTION_INVALID' } } });
  expect(await (await fetch(url)).text()).toBe('one 0');
});

test('an app that is made can be closed: when its version is retired', async () => {
  const folder = await tempFolder();
  const closable = (name: string): PluginText => ({
    name: 'hall',
    http: `async () => ({
      handler: (request, response) => void response.end('${name}'),
      close: () => host.vault.dataBag.set('closed', '${name}'),
    })`,
    functions: { closed: `() => host.vault.dataBag.get('closed')` },
  });
  await deploy(folder, closable('one'));
  const swapper = openSwapper(folder);
  await swapper.load();
  const { url } = await openServer(swapper);
  expect(await (await fetch(url)).text()).toBe('one');
  await deploy(folder, closable('two'));
  await swapper.reload();
  expect(await (await fetch(url)).text()).toBe('two');
  await expect.poll(() => swapper.current.plugin('hall').invoke('closed')).toBe('one');
});
