import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../lib/http/index.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { Workshop } from '../helpers/workshop.js';

const folder = 'test/fixtures/servers/exchange';

/** Counts the lines that were added or changed, and the lines there were before. */
async function changedLines(): Promise<{ changed: number; of: number }> {
  const args = ['diff', '--no-index', '--numstat', join(folder, 'before'), join(folder, 'after')];
  // Git exits with 1 where there are differences.
  const { stdout } = await promisify(execFile)('git', args).catch((error: { stdout: string }) => error);
  const changed = stdout
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number.parseInt(line, 10), 0);
  const texts = await Promise.all(
    ['book.ts', 'exchange.ts', 'server.ts'].map((file) => readFile(join(folder, 'before', file), 'utf8')),
  );
  return { changed, of: texts.join('').split('\n').length - 1 };
}

async function portedServer(): Promise<Workshop> {
  const files = ['book.ts', 'exchange.ts', 'index.ts', 'server.ts'];
  const texts = await Promise.all(
    files.map(async (file) => [file, await readFile(join(folder, 'after', file), 'utf8')] as const),
  );
  return Workshop.open({ exchange: Object.fromEntries(texts) });
}

test('the page on which servers fit tells how few lines of a server of plain classes are changed', async () => {
  const { changed, of } = await changedLines();
  const page = await readFile('docs/which-servers.md', 'utf8');
  expect(page).toContain(`${changed} of its ${of} lines`);
});

test('a server of plain classes keeps its orders, its clock and its clients through releases and rollbacks', async () => {
  const workshop = await portedServer();
  const swapper = openSwapper(workshop.outDir);
  await swapper.load();
  const server = await serve(swapper, { port: 0, hostname: '127.0.0.1' });
  onTestFinished(() => server.destroy());
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}?name=Ida`);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const ask = async (words: string): Promise<string> => {
    const answered = once(socket, 'message') as Promise<[Buffer]>;
    socket.send(words);
    return String((await answered)[0]);
  };
  expect(await ask('order wool 4 20')).toBe('Ida orders 4 wool, number 1');
  expect(await ask('order wool 4 20')).toBe('Ida has only 20, number 2');
  expect(await ask('trade wool 3')).toBe('Ida has 3 of 4 wool');
  const tick = Number((await ask('clock')).slice('tick '.length));
  await workshop.edit('exchange/book.ts', ' has ${order.filled}', ' got ${order.filled}');
  await workshop.build();
  await swapper.reload();
  expect(await ask('trade wool 0.5')).toBe('Ida got 3.5 of 4 wool');
  expect(await ask('order wool 1 20')).toBe('Ida orders 1 wool, number 3');
  await swapper.rollback();
  expect(await ask('trade wool 0.25')).toBe('Ida has 3.75 of 4 wool');
  expect(Number((await ask('clock')).slice('tick '.length))).toBeGreaterThanOrEqual(tick);
});
