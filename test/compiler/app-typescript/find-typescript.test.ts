import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { findTypeScript } from '../../../lib/compiler/app-typescript/find-typescript.js';

const API = Map;

/** Returns the compiler that an app finds when it has TypeScript of some version. */
function found(version: string | undefined, modules: Readonly<Record<string, unknown>> = {}) {
  const all: Readonly<Record<string, unknown>> = {
    ...(version !== undefined && { 'typescript/package.json': { version } }),
    ...modules,
  };
  return findTypeScript('/hall/tsconfig.json', (specifier) => {
    if (!Object.hasOwn(all, specifier)) throw new Error(`Cannot find module '${specifier}'`);
    return all[specifier];
  });
}

test('an app without TypeScript, or with ours but for a patch, is checked by ours', () => {
  expect(found(undefined)).toEqual({ kind: 'ours' });
  expect(found(`${ts.versionMajorMinor}.77`)).toEqual({ kind: 'ours' });
});

test('an app with another TypeScript is checked by that, be it in JavaScript or a process', () => {
  expect(found('5.9.3', { typescript: ts })).toEqual({ kind: 'classic', version: '5.9.3', typescript: ts });
  expect(found('7.0.2', { 'typescript/unstable/sync': { API } })).toEqual({
    kind: 'native',
    version: '7.0.2',
    open: API,
  });
});

test.each([
  ['4.9.5', {}, 'it is older than 5.0'],
  ['7.9.0', {}, "Cannot find module 'typescript/unstable/sync'"],
  ['7.9.0', { 'typescript/unstable/sync': {} }, 'its API is another one'],
  ['5.9.3', {}, "Cannot find module 'typescript'"],
])('TypeScript %s with %j cannot be used: %s', (version, modules, reason) => {
  expect(found(version, modules)).toEqual({ kind: 'unusable', version, reason });
});
