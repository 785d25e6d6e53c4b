import { expect, test } from 'vitest';
import { adminHandler, type AdminHandler, type AdminOptions } from '../../lib/admin/index.js';
import type { Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const guardian: PluginText = { name: 'guardian', live: { live_salute: `() => 'Hail'` } };

interface Opened {
  readonly swapper: Swapper;
  readonly admin: AdminHandler;
  readonly folder: string;
}

async function open(options?: AdminOptions): Promise<Opened> {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const swapper = openSwapper(folder);
  const admin = adminHandler(swapper, options);
  await swapper.load();
  return { swapper, admin, folder };
}

const from = (path: string, headers: Record<string, string> = {}, method = 'GET'): Request =>
  new Request(`http://localhost:9000${path}`, { method, headers });

/** Returns the request for a change that the page would make. */
const change = (name: string, token: string, origin = 'http://localhost:9000'): Request =>
  from(`/${name}`, { authorization: `Bearer ${token}`, origin }, 'POST');

/** Resolves to the token that the page contains. */
async function tokenIn(admin: AdminHandler): Promise<string> {
  const html = await (await admin(from('/'))).text();
  return /"token":"([^"]+)"/.exec(html)?.[1] ?? '';
}

test('the page holds all that it needs, and may do nothing else', async () => {
  const { admin } = await open();
  const response = await admin(from('/admin'));
  const html = await response.text();
  expect(html).toMatch(/<style>[^]+<script type="application\/json" id="facts">[^]+<script type="module">/);
  expect(html).not.toMatch(/<!-- \w+ -->|(src|href)="(?!data:)/);
  const policy = response.headers.get('content-security-policy');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
});

test('a page is told what has happened, how things are, and what happens', async () => {
  const { admin, swapper, folder } = await open();
  const response = await admin(from('/events'));
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = (response.body as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let text = '';
  const readUntil = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(text)) text += (await reader.read()).value ?? '';
  };
  await readUntil(/event: history\ndata: .*"reloaded".*\n\nevent: state\ndata: .*"generation":1.*guardian/);
  await deploy(folder, { ...guardian, module: '// another one' });
  await swapper.reload();
  await readUntil(/event: event\ndata: .*"generation":2/);
  await swapper.close();
  while (!(await reader.read()).done);
  expect(await (await admin(from('/events'))).text()).toBe('');
});

test('it is asked for by loopback names and those that are allowed, and by no others', async () => {
  const { admin } = await open({ hosts: ['admin.example.com', 'fd00::7'] });
  const status = async (host: string): Promise<number> => (await admin(from('/', { host }))).status;
  const asked = [
    'localhost:9000',
    '127.0.0.1',
    '[::1]:9000',
    'admin.example.com:443',
    '[fd00::7]:9000',
    'evil.example.com',
    '127.0.0.1.evil.com',
  ];
  expect(await Promise.all(asked.map(status))).toEqual([200, 200, 200, 200, 200, 421, 421]);
});

test('changes need to be allowed, the token in a header and the page as their origin', async () => {
  const { admin, swapper } = await open({ allow: ['reload'] });
  const token = await tokenIn(admin);
  const status = async (request: Request): Promise<number> => (await admin(request)).status;
  expect(await status(change('reload', 'guessed'))).toBe(401);
  expect(await status(from(`/reload?token=${token}`, { origin: 'http://localhost:9000' }, 'POST'))).toBe(401);
  expect(await status(change('reload', token, 'http://evil.example.com'))).toBe(403);
  expect(await status(change('reload', token, 'null'))).toBe(403);
  expect(await status(from('/reload', { authorization: `Bearer ${token}` }, 'POST'))).toBe(403);
  expect(await status(change('rollback', token))).toBe(403);
  expect(await status(change('destroy', token))).toBe(404);
  expect(swapper.reloads).toBe(0);
  const done = await admin(change('reload', token));
  expect(await done.json()).toEqual({ details: { guardian: 'unchanged' } });
  expect(swapper.reloads).toBe(1);
});

test('a change that is refused says why', async () => {
  const { admin } = await open({ allow: ['rollback'] });
  const answer = await admin(change('rollback', await tokenIn(admin)));
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({
    code: 'RELOAD_FAILED',
    message: expect.stringContaining('Cannot roll back') as string,
  });
});

test('with a token, nothing is shown without it', async () => {
  const { admin } = await open({ token: 'winter' });
  const status = async (path: string, headers?: Record<string, string>): Promise<number> =>
    (await admin(from(path, headers))).status;
  expect(await status('/')).toBe(401);
  expect(await status('/?token=summer')).toBe(401);
  expect(await status('/?token=winter')).toBe(200);
  expect(await status('/events?token=winter')).toBe(401);
  expect(await status('/events', { authorization: 'Bearer winter' })).toBe(200);
  expect(await (await admin(from('/?token=winter'))).text()).not.toContain('winter');
});

test.for([{ allow: ['destroy'] }, { token: '' }, { hosts: 'localhost' }, { tokens: 'x' }])(
  'options that cannot be used are refused: %j',
  async (options) => {
    const { swapper } = await open();
    expect(() => adminHandler(swapper, options as never)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  },
);
