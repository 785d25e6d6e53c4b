import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { locationOf } from '../../../../lib/compiler/rules/imports/location.js';

function locationIn(code: string): string | undefined {
  const file = ts.createSourceFile('/plugins/herald/index.ts', code, ts.ScriptTarget.Latest, true);
  const [statement] = file.statements;
  if (!statement || !ts.isExpressionStatement(statement)) throw new Error(`${code} is no expression`);
  return locationOf(statement.expression);
}

test.skipIf(process.platform === 'win32')(
  'a URL that stands for a file beside the module is its path',
  () => {
    expect(locationIn(`new URL('./song.js', import.meta.url)`)).toBe('/plugins/herald/song.js');
    expect(locationIn(`new URL('file:///opt/song.js', import.meta.url)`)).toBe('/opt/song.js');
  },
);

test.for(['file://server/song.js', 'https://server/song.js', 'http://[', 'file:///%2Fsong.js'])(
  '%s names no file here, and is no fault of the rule',
  (url) => {
    expect(locationIn(`new URL('${url}', import.meta.url)`)).toBeUndefined();
  },
);
