import { posix, win32 } from 'node:path';
import { expect, test } from 'vitest';
import { pathsOn } from '../../lib/core/paths.js';

const windows = pathsOn(win32);
const elsewhere = pathsOn(posix);

test('on Windows a path has forward slashes for the compiler, and backslashes for Node', () => {
  expect(windows.posixPath('C:\\plugins\\herald\\index.ts')).toBe('C:/plugins/herald/index.ts');
  expect(windows.nativePath('C:/plugins/herald/index.ts')).toBe('C:\\plugins\\herald\\index.ts');
});

test('elsewhere a backslash is a letter of a name', () => {
  expect(elsewhere.posixPath('/plugins/her\\ald')).toBe('/plugins/her\\ald');
  expect(elsewhere.nativePath('/plugins/her\\ald')).toBe('/plugins/her\\ald');
  expect(elsewhere.isWithin('/plugins\\herald', '/plugins')).toBe(false);
});

test.for([
  ['C:\\plugins\\herald\\index.ts', 'C:\\plugins', true],
  ['C:/plugins/herald/index.ts', 'C:\\plugins', true],
  ['c:\\Plugins\\herald', 'C:/plugins', true],
  ['C:\\plugins', 'C:\\plugins', true],
  ['C:\\plugins', 'C:\\', true],
  ['C:\\plugins-of-others\\index.ts', 'C:\\plugins', false],
  ['D:\\plugins\\index.ts', 'C:\\plugins', false],
] as const)('on Windows, is %s within %s: %s', ([path, folder, expected]) => {
  expect(windows.isWithin(path, folder)).toBe(expected);
});

test.for([
  ['/plugins/herald', '/plugins', true],
  ['/plugins/herald', '/', true],
  ['/plugins', '/plugins', true],
  ['/Plugins/herald', '/plugins', false],
  ['/plugins-of-others', '/plugins', false],
] as const)('elsewhere, is %s within %s: %s', ([path, folder, expected]) => {
  expect(elsewhere.isWithin(path, folder)).toBe(expected);
});

test('the folders above a path end with the root of its drive', () => {
  expect(windows.foldersAbove('Z:\\plugins\\herald')).toEqual(['Z:\\plugins', 'Z:\\']);
  expect(windows.foldersAbove('Z:\\')).toEqual([]);
  expect(elsewhere.foldersAbove('/plugins/herald')).toEqual(['/plugins', '/']);
});

test('a drive has one letter, and one path one key, however they are written', () => {
  expect(windows.absolutePath('c:\\plugins')).toBe('C:\\plugins');
  expect(windows.absolutePath('c:/plugins')).toBe('C:\\plugins');
  expect(windows.pathKey('c:/Plugins')).toBe(windows.pathKey('C:\\plugins'));
  expect(elsewhere.pathKey('/Plugins')).not.toBe(elsewhere.pathKey('/plugins'));
});

test('there is no way from one drive to another', () => {
  expect(windows.relativePath('C:\\app\\dist', 'D:\\plugins\\index.ts')).toBe('D:/plugins/index.ts');
  expect(windows.relativePath('C:\\app\\dist', 'C:\\app\\plugins\\index.ts')).toBe('../plugins/index.ts');
});

test('a URL that names no file of this platform has no path', () => {
  expect(windows.pathOfUrl('file:///C:/plugins/index.ts')).toBe('C:\\plugins\\index.ts');
  expect(windows.pathOfUrl('file:///opt/index.ts')).toBeUndefined();
  expect(elsewhere.pathOfUrl('file:///opt/index.ts')).toBe('/opt/index.ts');
  expect(elsewhere.pathOfUrl('file://server/index.ts')).toBeUndefined();
  expect(elsewhere.pathOfUrl('https://server/index.ts')).toBeUndefined();
});
