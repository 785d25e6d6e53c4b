import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';

const places = ['north', 'south', 'riverlands', 'vale'];

const server = `
  const bodies = ${JSON.stringify(places)}.map((place) => Buffer.alloc(3_000_000, place));
  // More than the platform buffers.
  const long = Buffer.alloc(40_000_000, 'iron islands');
  const allocate = Buffer.allocUnsafeSlow;
  let pieces = 0;
  Buffer.allocUnsafeSlow = (size) => { if (size === 1_048_576) pieces++; return allocate(size); };
  require('http').createServer(({ url }, response) => {
    response.end(url === '/pieces' ? String(pieces) : bodies[Number(url.slice(1))] ?? long);
  }).listen(0, '127.0.0.1');`;

test('large answers of a thread to several clients, one of them slow, arrive whole, in memory that it gets back', async () => {
  const { serve } = await appProject({ 'server.js': server });
  const app = await serve('server.js');
  // On a busy machine a server may close a kept connection just as a client asks on it.
  const headers = { connection: 'close' };
  const ask = (path: string): Promise<Response> => fetch(`${app.urls[0]}/${path}`, { headers });
  const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());
  const slow = await ask('long');
  for (let round = 0; round < 10; round++) {
    const got = await Promise.all(places.map(async (_, at) => bytesOf(await ask(String(at)))));
    for (const [at, place] of places.entries())
      expect(got[at]?.equals(Buffer.alloc(3_000_000, place))).toBe(true);
  }
  const pieces = Number(await (await ask('pieces')).text());
  expect((await bytesOf(slow)).equals(Buffer.alloc(40_000_000, 'iron islands'))).toBe(true);
  // Each answer is three pieces. Memory that a busy machine does not need for a while is freed.
  expect(pieces).toBeLessThan((10 * places.length * 3) / 2);
});
