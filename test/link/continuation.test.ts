import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turnEnd } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isContinuation, notePromises } from '../../lib/link/continuation.js';

/** Asks in an event, and after promises that the event has led to. */
async function ask(): Promise<boolean[]> {
  const first = isContinuation();
  await Promise.resolve();
  const second = isContinuation();
  await turnEnd();
  return [first, second, isContinuation()];
}

/** Asks in the events of a timer and of a request. */
async function askInEvents(): Promise<Record<string, boolean[]>> {
  notePromises();
  await turnEnd();
  const timer = await new Promise<boolean[]>((resolve) => setTimeout(() => resolve(ask()), 0));
  let request: Promise<boolean[]> | undefined;
  const server = createServer((_request, response) => {
    request = ask();
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  server.close();
  return { timer, request: (await request) ?? [] };
}

const expected = { timer: [false, true, true], request: [false, true, true] };

test('code that an event has begun is told from code that goes on after a promise', async () => {
  expect(await askInEvents()).toEqual(expected);
});

test('also where AsyncLocalStorage makes the platform give promises ids', async () => {
  expect(await new AsyncLocalStorage().run('here', askInEvents)).toEqual(expected);
});
