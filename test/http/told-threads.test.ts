import { expect, test } from 'vitest';
import { ToldThreads } from '../../lib/http/websocket/told-threads.js';
import type { Tunnel } from '../../lib/sockets/host/tunnel.js';

const [winterfell, wall] = [{ name: 'winterfell' }, { name: 'the wall' }] as unknown as [Tunnel, Tunnel];

test('a thread is told the facts of a peer once, its context when another one had it, its topics when others changed them', () => {
  const told = new ToldThreads();
  const known = (tunnel: Tunnel): boolean[] => [
    told.know(tunnel),
    told.haveContext(tunnel),
    told.haveTopics(tunnel),
  ];
  expect(known(winterfell)).toEqual([false, false, false]);
  told.tell(winterfell);
  expect(known(winterfell)).toEqual([true, true, true]);
  told.changedTopics(winterfell);
  expect(known(winterfell)).toEqual([true, true, true]);
  told.tell(wall);
  expect(known(winterfell)).toEqual([true, false, false]);
  told.changedTopics(winterfell);
  expect(known(wall)).toEqual([true, true, false]);
});

test('a thread that is gone is forgotten, however many a socket outlives', () => {
  const told = new ToldThreads();
  for (const tunnel of [winterfell, wall]) {
    told.tell(tunnel);
    told.tell(tunnel);
  }
  expect(told.all).toEqual([winterfell, wall]);
  told.forget(winterfell);
  expect(told.all).toEqual([wall]);
  told.forget(wall);
  expect([told.all, told.know(wall), told.haveContext(wall), told.haveTopics(wall)]).toEqual([
    [],
    false,
    false,
    false,
  ]);
});
