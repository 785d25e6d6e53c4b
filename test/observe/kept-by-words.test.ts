import { expect, test } from 'vitest';
import { keptByWords, pendingWords } from '../../lib/observe/kept-by-words.js';

test.each([
  [{ kind: 'held', what: 'connections', count: 3 }, '3 connections'],
  [{ kind: 'caller', plugin: 'chat', version: '3f2a91bc' }, 'called by chat@3f2a91bc'],
  [{ kind: 'a reason of a newer swapper' }, 'a reason of a newer swapper'],
])('%j is said as: %s', (reason, words) => expect(keptByWords(reason as never)).toBe(words));

test('a line names the first few reasons, and how many more there are', () => {
  const keptBy = [1, 2, 3, 4, 5, 6].map((thread) => ({ kind: 'open', thread, count: 1 }) as const);
  expect(pendingWords({ keptBy })).toMatch(/^1 open in thread 1, .*1 open in thread 4 and 2 more$/);
  expect(pendingWords({ keptBy: keptBy.slice(0, 1) })).toBe('1 open in thread 1');
});
