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
  // When each request reached its handler, and when the slow ones were answered: a busy machine may do anything in between.
  const begun: number[] = [];
  const answered: number[] = [];
  const server = createServer(({ url }, response) => {
    begun.push(performance.now());
    if (url === '/slow')
      return void setTimeout(() => {
        answered.push(performance.now());
        response.end();
      }, SLOW_MS);
    response.statusCode = 500;
    return void response.end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => server.close().closeAllConnections());
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const head = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: here\r\n\r\n`;
  socket.write(head('/slow') + head('/bad') + head('/slow'));
  await expect.poll(() => ended).toHaveLength(6);
  const [first = 0, firstFailed, second = 0, secondFailed, third = 0, thirdFailed] = ended;
  expect([firstFailed, secondFailed, thirdFailed]).toEqual([0, 1, 0]);
  const [firstAnswered = Infinity, thirdAnswered = Infinity] = answered;
  const [firstBegun = 0, secondBegun = 0, thirdBegun = 0] = begun;
  expect(first).toBeGreaterThanOrEqual(firstAnswered - firstBegun);
  // The answer to a request behind a slow one waits for it.
  expect(second).toBeGreaterThanOrEqual(firstAnswered - secondBegun);
  expect(third).toBeGreaterThanOrEqual(thirdAnswered - thirdBegun);
  expect(times.lastEndedAt).toBeGreaterThanOrEqual(thirdAnswered);

  const before = performance.now();
  socket.end(head('/bad'));
  await expect.poll(() => ended).toHaveLength(8);
  // The requests before it are over.
  expect(ended[6]).toBeLessThanOrEqual(performance.now() - before);
  expect(ended[7]).toBe(1);
});
