import { createRequire, isBuiltin } from 'node:module';
import { ts } from 'ts-morph';
import { isPackaged } from '../../core/paths.js';
import { calleeName } from './callee-name.js';
import { isAddon } from './native-addons.js';

/** A call such as `createRequire(import.meta.url)('mdn-data/css/types.json')`. */
export interface RequiredAside {
  readonly specifier: string;
  /** Offsets of the call. */
  readonly start: number;
  readonly end: number;
}

/** Recognises a call by which an ES module requires an existing module by way of `createRequire`. */
export function requiredAside(node: ts.CallExpression, source: ts.SourceFile): RequiredAside | undefined {
  const { expression } = node;
  const [specifier] = node.arguments;
  if (!specifier || !ts.isStringLiteralLike(specifier) || isBuiltin(specifier.text)) return undefined;
  const isMade = ts.isCallExpression(expression)
    ? calleeName(expression) === 'createRequire'
    : ts.isIdentifier(expression) && isMadeRequire(expression.text, source);
  if (!isMade || !canRequire(specifier.text, source.fileName)) return undefined;
  return { specifier: specifier.text, start: node.getStart(source), end: node.getEnd() };
}

function isMadeRequire(name: string, { text }: ts.SourceFile): boolean {
  const made = new RegExp(`\\b${name.replaceAll('$', '\\$')}\\s*=\\s*(\\w+\\.)?createRequire\\b`);
  return made.test(text) && /import\s*\.\s*meta/.test(text);
}

/**
 * Returns whether a module can be required in a bundle: an addon of a package, or a module that only Node can require, stays where it
 * is.
 */
function canRequire(specifier: string, from: string): boolean {
  try {
    const path = createRequire(from).resolve(specifier);
    return /\.(json|c?js)$/.test(path) || (isAddon(path) && !isPackaged(path));
  } catch {
    return false;
  }
}

/** Recognises a call of CommonJS' `require` that esbuild leaves as it is. */
export function isOpenRequire(node: ts.CallExpression): boolean {
  const name = requiredName(node);
  return name !== undefined && !ts.isStringLiteralLike(name) && !globOf(name);
}

/** Returns the argument of a call of CommonJS' `require`. */
export function requiredName({
  expression,
  arguments: [first],
}: ts.CallExpression): ts.Expression | undefined {
  return ts.isIdentifier(expression) && expression.text === 'require' ? first : undefined;
}

/** Beginning and end of the names that an expression such as `'./dialects/' + name + '.js'` may have. */
export interface RequiredGlob {
  readonly prefix: string;
  readonly suffix: string;
}

/** Recognises a name such as `'./dialects/' + name`, for which esbuild bundles every file that fits. */
export function globOf(node: ts.Expression): RequiredGlob | undefined {
  const [prefix, suffix] = ts.isTemplateExpression(node)
    ? [node.head.text, node.templateSpans.at(-1)?.literal.text ?? '']
    : [leftmost(node), ts.isBinaryExpression(node) ? textOf(node.right) : ''];
  return /^\.\.?\//.test(prefix) ? { prefix, suffix } : undefined;
}

function leftmost(node: ts.Expression): string {
  return ts.isBinaryExpression(node) ? leftmost(node.left) : textOf(node);
}

function textOf(node: ts.Expression): string {
  return ts.isStringLiteralLike(node) ? node.text : '';
}
