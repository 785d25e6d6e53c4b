import { Agent } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ServedApp } from '../../lib/app/index.js';
import { appProject } from '../helpers/app-project.js';
import { deploy } from '../helpers/compose-plugin.js';
import { textOf } from '../helpers/text-of.js';

/** Returns a server that counts visits in a class that its module does not export. */
const visits = (edition: number, extra = ''): string => `
  const { kept } = require('liveswap/plugin');
  const KINDS = { guest: { rank: 1 } };
  class Visits {
    total = 0;
    ${extra}
    note() { return ++this.total; }
  }
  const visits = kept('visits', () => new Map([['gate', new Visits()]]));
  const log = kept('log', () => []);
  require('http').createServer((request, response) => {
    if (request.url === '/die') return setImmediate(() => { throw new Error('slain'); });
    const gate = visits.get('gate');
    const total = gate.note();
    log.push({ gate, kind: KINDS.guest });
    const { gate: same, kind } = log.at(-1);
    response.end(JSON.stringify({ edition: ${edition}, total, length: log.length, isOne: same === gate && kind === KINDS.guest, banner: gate.banner }));
  }).listen(0, '127.0.0.1');`;

type Answer = Readonly<Record<'edition' | 'total' | 'length', number>> & { readonly isOne: boolean };

const ask = async ({ urls: [url = ''] }: ServedApp): Promise<Answer> =>
  JSON.parse(await textOf(url)) as Answer;

test('kept state of an app moves with each reload and rollback, under load: no visit is lost or counted twice', async () => {
  const { write, serve } = await appProject({ 'server.js': visits(1) });
  const app = await serve('server.js');
  const [url = ''] = app.urls;
  const agent = new Agent({ keepAlive: true, maxSockets: 5 });
  onTestFinished(() => agent.destroy());
  let isOver = false;
  const answers: Answer[] = [];
  const clients = Array.from({ length: 5 }, async () => {
    while (!isOver) answers.push(JSON.parse(await textOf(url, agent)) as Answer);
  });
  await write({ 'server.js': visits(2, `banner = 'wolf';`) });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  expect(await ask(app).then((answer) => (answers.push(answer), answer))).toMatchObject({
    edition: 2,
    banner: 'wolf',
  });
  await write({ 'server.js': visits(3) });
  await app.reload();
  await app.swapper.rollback();
  isOver = true;
  await Promise.all(clients);
  const totals = answers.map(({ total }) => total).sort((one, other) => one - other);
  expect(totals).toEqual(totals.map((_, index) => index + 1));
  expect(answers.every(({ total, length, isOne }) => total === length && isOne)).toBe(true);
  expect(await ask(app)).toMatchObject({ edition: 2, total: answers.length + 1 });
});

test('a reload whose state cannot move is refused with the path, and the old version goes on with what it has', async () => {
  const { write, serve } = await appProject({
    'server.ts': `
      import { kept } from 'liveswap/plugin';
      import { createServer } from 'node:http';
      const score = kept('score', () => ({ points: '1' }));
      createServer((_, response) => { score.points += '1'; response.end(score.points); }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.ts');
  const [url = ''] = app.urls;
  expect(await textOf(url)).toBe('11');
  const other = `
    import { kept } from 'liveswap/plugin';
    import { createServer } from 'node:http';
    const score = kept('score', () => ({ points: 1 })UPCAST);
    createServer((_, response) => response.end(String(++score.points))).listen(0, '127.0.0.1');`;
  await write({ 'server.ts': other.replace('UPCAST', '') });
  await expect(app.reload()).rejects.toMatchObject({
    cause: { code: 'LIVE_DATA_MISMATCH', message: expect.stringContaining('score.points') as string },
  });
  expect(await textOf(url)).toBe('111');
  await write({
    'server.ts': other.replace(
      'UPCAST',
      `, { upcast: ({ points }: { points: string }) => ({ points: points.length }) }`,
    ),
  });
  await app.reload();
  expect(await textOf(url)).toBe('4');
  await write({ 'server.ts': other.replace('UPCAST', ', {}') });
  expect(String(await app.swapper.reload(undefined, { kept: 'drop' }))).toContain(
    'what gate kept was dropped',
  );
  expect(await textOf(url)).toBe('2');
});

test.each([
  ['without saveMs a crash begins anew', '', 1],
  ['with saveMs a crash goes on from the last copy', `, { saveMs: 5 }`, 2],
])('%s', async (_, options, next) => {
  const { serve } = await appProject({
    'server.mjs': `
      import { kept } from 'liveswap/plugin';
      import { createServer } from 'node:http';
      const visits = kept('visits', () => ({ total: 0 })${options});
      createServer((request, response) => {
        if (request.url === '/die') setImmediate(() => { throw new Error('slain'); });
        else response.end(String(++visits.total));
      }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.mjs');
  const [url = ''] = app.urls;
  expect(await textOf(url)).toBe('1');
  if (options !== '') {
    const savedAt = (): number => Number(app.swapper.stats().plugins[0]?.versions[0]?.savedAt);
    // The first copy may have been made before the visit.
    for (let copies = 0; copies < 2; copies++) {
      const asked = Date.now();
      await expect.poll(() => savedAt() > asked).toBe(true);
    }
  }
  const replaced = new Promise((resolve) => app.swapper.on('threadReplaced', resolve));
  await textOf(`${url}/die`).catch(() => {});
  await replaced;
  expect(await textOf(url)).toBe(String(next));
});

test('an app that keeps state is exclusive: it has one thread, and does not start alone', async () => {
  const { serve } = await appProject({ 'server.js': visits(1) });
  for (const [options, message] of [
    [{ threads: 2 }, /threads must be 1/],
    [{ exclusive: 'start' }, /cannot be served with exclusive: 'start'/],
  ] as const)
    await expect(serve('server.js', options)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(message) as string,
    });
});

test('an app of several threads that begins to keep state with a reload goes on with one', async () => {
  const { write, serve } = await appProject({
    'server.js': `require('http').createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js', { threads: 2 });
  expect(await ask(app)).toEqual({});
  await write({ 'server.js': visits(2) });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  const totals: number[] = [];
  for (let visit = 0; visit < 4; visit++) totals.push((await ask(app)).total);
  expect(totals).toEqual([1, 2, 3, 4]);
});

test('state that is kept where the build does not look is refused, not lost', async () => {
  const { serve } = await appProject({
    'server.js': `require(['./', 'rooms'].join(''));
      require('http').createServer((_, response) => response.end()).listen(0, '127.0.0.1');`,
    'rooms.js': `exports.rooms = require('liveswap/plugin').kept('rooms', () => new Map());`,
  });
  await expect(serve('server.js')).rejects.toMatchObject({
    message: expect.stringMatching(/Cannot keep rooms: the build has not seen that it is kept/) as string,
  });
});

test('every runs in the active version alone', async () => {
  const told: number[] = [];
  const code = (edition: number): string => `
    const { context, every } = require('liveswap/plugin');
    every(5, () => context.vault.extension.tell(${edition}));
    require('http').createServer((_, response) => response.end()).listen(0, '127.0.0.1');`;
  const { write, serve } = await appProject({ 'server.js': code(1) });
  const app = await serve('server.js', {
    swapper: { extension: () => ({ tell: (edition: number) => void told.push(edition) }) },
  });
  await expect.poll(() => told).toContain(1);
  await write({ 'server.js': code(2) });
  await app.reload();
  await expect.poll(() => told.filter((edition) => edition === 2).length).toBeGreaterThan(3);
  expect(told).toEqual(told.toSorted((one, other) => one - other));
});

test('an app imports plugins that stand beside it, of the same generation', async () => {
  const { folder, write, serve } = await appProject({
    'server.mjs': `
      import { importPlugin } from 'liveswap/plugin';
      import { createServer } from 'node:http';
      const armory = importPlugin('armory');
      createServer(async (_, response) => response.end(await armory.sword())).listen(0, '127.0.0.1');`,
  });
  const plugins = join(folder, 'dist/plugins');
  await mkdir(plugins, { recursive: true });
  const armory = (sword: string): Promise<void> =>
    deploy(plugins, { name: 'armory', exports: { sword: `() => '${sword}'` } });
  await armory('Ice');
  const app = await serve('server.mjs', { plugins });
  expect(await textOf(app.urls[0] ?? '')).toBe('Ice');
  await armory('Oathkeeper');
  expect(await app.reload()).toEqual({ armory: 'ok', gate: 'relinked' });
  expect(await textOf(app.urls[0] ?? '')).toBe('Oathkeeper');
  await write({ 'server.mjs': `import { importPlugin } from 'liveswap/plugin'; importPlugin('stables');` });
  await expect(app.reload()).rejects.toMatchObject({
    cause: { message: expect.stringContaining('stables') as string },
  });
  expect(await textOf(app.urls[0] ?? '')).toBe('Oathkeeper');
});
