import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { untilAborted } from '../../lib/core/until-aborted.js';
import { deferred } from '../helpers/deferred.js';

test('it settles as the promise does while nobody aborts, and leaves no listener', async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(signal, Promise.resolve(7))).toBe(7);
  await expect(untilAborted(signal, Promise.reject(new Error('not today')))).rejects.toThrow('not today');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('it rejects with the reason as soon as it is aborted, whatever becomes of the promise', async () => {
  const abort = new AbortController();
  const work = deferred();
  const waiting = untilAborted(abort.signal, work.promise);
  abort.abort(new Error('closing'));
  await expect(waiting).rejects.toThrow('closing');
  work.reject(new Error('nobody waits for this'));
  await expect(untilAborted(abort.signal, new Promise(() => {}))).rejects.toThrow('closing');
});
