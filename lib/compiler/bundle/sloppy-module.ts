import { dirname, posix } from 'node:path';
import { globSync } from 'tinyglobby';
import { ts } from 'ts-morph';
import { names } from './banner.js';
import { globOf, requiredName, type RequiredGlob } from './require-calls.js';

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
  const required = Array.from(
    requiredIn(text, file),
    ([specifier, path]) =>
      `    case ${JSON.stringify(specifier)}: return require(${JSON.stringify(path)});\n`,
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

/** Returns what the module may require, each specifier with the one to bundle. */
function requiredIn(text: string, file: string): ReadonlyMap<string, string> {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const found = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    const name = ts.isCallExpression(node) ? requiredName(node) : undefined;
    const glob = name && globOf(name);
    if (name && ts.isStringLiteralLike(name)) found.set(name.text, name.text);
    else if (glob) for (const [one, path] of filesOf(glob, file)) if (!found.has(one)) found.set(one, path);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Returns the files that a module may require by a name of which it knows the beginning, under each name that Node accepts. */
function filesOf({ prefix, suffix }: RequiredGlob, file: string): [specifier: string, path: string][] {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const cwd = posix.join(dirname(file).replaceAll('\\', '/'), folder);
  return (
    globSync('**/*.{js,cjs,json}', { cwd, ignore: '**/node_modules/**' })
      // Of `de.js`, `de.json` and `de/index.js`, the first one is `de`, as in Node.
      .sort()
      .flatMap((path) => {
        const whole = `${folder}${path}`;
        const short = whole.replace(/\.js(?:on)?$/, '');
        return [whole, short, short.replace(/\/index$/, '')].map((one): [string, string] => [one, whole]);
      })
      .filter(([specifier]) => specifier.startsWith(prefix) && specifier.endsWith(suffix))
  );
}
