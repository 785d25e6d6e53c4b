import { expect, test } from 'vitest';
import { Scope } from '../../lib/link/protocol.js';
import { changingCalls } from '../../lib/version/changing-calls.js';
import { candidate } from '../helpers/manifests.js';

test('a call may change something unless its function is declared read-only, whichever kind of function that is', () => {
  const { manifest } = candidate({ name: 'armory' });
  const sword = { name: 'sword', file: 'index.ts', line: 1, signature: '() => number', idempotent: false };
  const isChanging = changingCalls({
    ...manifest,
    liveFunctions: [{ ...sword, readonly: true }],
    exports: [{ name: 'bow', readonly: true }],
    functions: [{ name: 'axe', readonly: true }],
  });
  const of = (scope: Scope): string[] =>
    ['sword', 'bow', 'axe'].filter((name) => isChanging({ scope, name }));
  expect(of(Scope.live)).toEqual(['bow', 'axe']);
  expect(of(Scope.export)).toEqual(['sword', 'axe']);
  expect(of(Scope.function)).toEqual(['sword', 'bow']);
  expect(of(Scope.run)).toEqual(['sword', 'bow', 'axe']);
});
