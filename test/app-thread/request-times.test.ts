import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { RequestTimes } from '../../lib/app-thread/request-times.js';

const SLOW_MS = 30;

test('requests that share a connection are timed each from its own beginning, also where several come at once', async () => {
  const ended: number[] = [];
  const times = new RequestTimes((some) => ended.push(...some));
  expect(times.lastEndedAt).toBe(-Infinity);
  const server = createServer(({ url }, response) => {
    if (url === '/slow') return void setTimeout(() => response.end(), SLOW_MS);
    response.statusCode = 500;
    return void response.end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => server.close().closeAllConnections());
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const head = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: here\r\n\r\n`;
  const asked = performance.now();
  socket.write(head('/slow') + head('/bad') + head('/slow'));
  await expect.poll(() => ended).toHaveLength(6);
  const [first = 0, firstFailed, second = 0, secondFailed, third = 0, thirdFailed] = ended;
  expect([firstFailed, secondFailed, thirdFailed]).toEqual([0, 1, 0]);
  // The answer to a request behind a slow one waits for it. Timers may be early by a millisecond.
  for (const ms of [first, second, third]) expect(ms).toBeGreaterThanOrEqual(SLOW_MS - 1);
  expect(times.lastEndedAt).toBeGreaterThanOrEqual(asked + SLOW_MS - 1);

  const before = performance.now();
  socket.end(head('/bad'));
  await expect.poll(() => ended).toHaveLength(8);
  // The requests before it are over.
  expect(ended[6]).toBeLessThanOrEqual(performance.now() - before);
  expect(ended[7]).toBe(1);
});
