import { expect, test } from 'vitest';
import { keptByWords } from '../../lib/observe/kept-by-words.js';

test.each([
  [{ kind: 'held', what: 'connections', count: 3 }, '3 connections'],
  [{ kind: 'caller', plugin: 'chat', version: '3f2a91bc' }, 'called by chat@3f2a91bc'],
  [{ kind: 'a reason of a newer swapper' }, 'a reason of a newer swapper'],
])('%j is said as: %s', (reason, words) => expect(keptByWords(reason as never)).toBe(words));
