import { ts } from 'ts-morph';
import { names } from './banner.js';

/**
 * Matches `'use strict'` after white space and comments. The look-ahead keeps what it has taken of these: their parts can be told
 * in so many ways that trying them all took minutes for forty comments.
 */
const strictHead = /^(?:#!.*\n)?(?=((?:\s+|\/\*[\s\S]*?\*\/|\/\/.*(?:\n|$))*))\1(['"])use strict\2/;

/** Returns whether Node runs an own CommonJS module in sloppy mode. An artifact does not: it is an ES module, and so strict. */
export function isSloppy(text: string): boolean {
  return !strictHead.test(text);
}

/**
 * Returns a module that compiles the text of another one as Node does, in sloppy mode. Modules that the text requires are
 * bundled; its stacks name `file` without a source map.
 */
export function sloppyModule(text: string, file: string): string {
  const code = text.replace(/^#!.*/, '');
  const required = [...new Set(requiredIn(text, file))].map(
    (specifier) => `    case ${JSON.stringify(specifier)}: return require(${JSON.stringify(specifier)});\n`,
  );
  return `
__liveswap_compile(${JSON.stringify(code)}, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: ${JSON.stringify(file)} })
  .call(exports, exports, Object.assign((name) => {
    switch (name) {
${required.join('')}    }
    return ${names.require}(name);
  }, { resolve: ${names.resolve} }), module, __filename, __dirname);
`;
}

function requiredIn(text: string, file: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'require') {
      const [specifier] = node.arguments;
      if (specifier && ts.isStringLiteralLike(specifier)) found.push(specifier.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
