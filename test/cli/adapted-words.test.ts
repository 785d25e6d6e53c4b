import * as nodeModule from 'node:module';
import { expect, test } from 'vitest';
import { adaptedWords } from '../../lib/cli/app/adapted-words.js';

test('a package with an adapter is said to be active in one version only where the app imports it, and an adapter reaches it', () => {
  const words = adaptedWords([
    { name: 'croner', version: '9.0.0', isKnown: true },
    { name: 'bullmq', version: '1.0.0', isKnown: false },
  ]);
  expect(words.known).toContain('croner 9.0.0: active in one version at a time where the app imports it');
  expect(words.known.endsWith(', but not in ES modules that CommonJS requires')).toBe(
    !('registerHooks' in nodeModule),
  );
  expect(words.unknown).toBe('no adapter knows bullmq 1.0.0: old and new version run side by side');
});
