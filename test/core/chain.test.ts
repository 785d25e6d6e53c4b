import { expect, test } from 'vitest';
import { readChain, withChain } from '../../lib/core/chain.js';

test('a call without a chain is addressed as it is', () => {
  expect(withChain(1, 'salute', [])).toEqual({ scope: 1, name: 'salute' });
  expect(readChain(1, 'salute')).toEqual({ scope: 1, name: 'salute', chain: [] });
});

test.each([[['armory@aa']], [['my plugin@aa', 'her"ald@bb hook']]])(
  'the chain %j arrives with the call',
  (chain) => {
    const { scope, name } = withChain(2, 'salute', chain);
    expect(readChain(scope, name)).toEqual({ scope: 2, name: 'salute', chain });
  },
);
