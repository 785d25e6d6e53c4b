import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../lib/core/errors.js';

const repository = resolve(import.meta.dirname, '../..');

function sourcesBelow(folder: string, except: string): string {
  return readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith(except))
    .map((path) => readFileSync(join(repository, folder, path), 'utf8'))
    .join('\n');
}

describe('every error code', () => {
  const page = readFileSync(join(repository, 'docs/errors.md'), 'utf8');
  const library = sourcesBelow('lib', 'core/errors.ts');
  const tests = sourcesBelow('test', 'error-codes.test.ts');
  // Nobody can break an invariant from outside: the state machine's own test breaks one.
  it.each(Object.keys(errorCodes))(
    '%s is thrown by the library, expected by a test, and documented',
    (code) => {
      expect(library).toContain(`'${code}'`);
      expect(tests).toContain(`'${code}'`);
      expect(page).toMatch(new RegExp(`^\\| \`${code}\` +\\|`, 'm'));
    },
  );

  it('in the documentation exists', () => {
    const documented = [...page.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, code]) => code);
    expect(new Set(documented)).toEqual(new Set(Object.keys(errorCodes)));
  });
});
