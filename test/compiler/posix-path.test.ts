import { expect, test } from 'vitest';
import { nativePath, posixPath } from '../../lib/compiler/posix-path.js';

test('on Windows a path has forward slashes for the compiler, and backslashes for Node', () => {
  expect(posixPath('C:\\plugins\\herald\\index.ts', '\\')).toBe('C:/plugins/herald/index.ts');
  expect(nativePath('C:/plugins/herald/index.ts', '\\')).toBe('C:\\plugins\\herald\\index.ts');
});

test('elsewhere a backslash is a letter of a name', () => {
  expect(posixPath('/plugins/her\\ald', '/')).toBe('/plugins/her\\ald');
  expect(nativePath('/plugins/her\\ald', '/')).toBe('/plugins/her\\ald');
});
