import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { hasCode } from '../../lib/compiler/rules/imports/emitted-code.js';

test.each<ts.CompilerOptions>([
  { moduleResolution: ts.ModuleResolutionKind.Bundler },
  { module: ts.ModuleKind.NodeNext },
  { paths: { '#jewels/*': ['./*'] }, baseUrl: '.' },
])('a file that imports from itself what it does not export is compiled under %o', (options) => {
  const text = `import { gem } from './hoard.js';\nexport const raid = (): void => { gem(); };\n`;
  const file = ts.createSourceFile('/plugins/mill/hoard.ts', text, ts.ScriptTarget.ESNext, true);
  expect(hasCode(file, options)).toBe(true);
});
