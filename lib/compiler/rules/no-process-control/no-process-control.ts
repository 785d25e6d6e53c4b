import { ts } from 'ts-morph';
import type { Rule } from '../../rule.js';
import { analyse } from '../analysis/analysis.js';
import { stringsOf } from '../analysis/expressions.js';
import { bare, callOf, isAccess, isWritten, namesIn, walk, wrapped } from '../analysis/syntax.js';
import { isTransparentAlias, ProcessObject } from './process-object.js';
import { controls, exitCode, handlerOf, type Problem } from './problems.js';

/**
 * Refuses code that ends the process, changes its working folder or hides its errors, because the process belongs to the host;
 * `thread/process-guard.ts` does the same for packages at run time.
 */
export const noProcessControl: Rule = {
  name: 'no-process-control',
  summary: 'refuses to end the process, to move it to another folder, and to handle its uncaught errors',
  isAboutCode: true,
  check(plugin, report) {
    const { checker, files, memory } = analyse(plugin);
    const process = new ProcessObject(checker);
    for (const file of files) {
      const found = memory.recall('process control', file, () => problemsIn(file, process, checker));
      for (const { node, problem, remedy } of found) report(node, problem, remedy);
    }
  },
};

const registrations = new Set(['on', 'once', 'addListener', 'prependListener', 'prependOnceListener']);
const guarded = new Set([...controls.keys(), ...registrations, 'exitCode']);
const isMasked = (event: string): boolean => event === 'uncaughtException' || event === 'unhandledRejection';

function problemsIn(
  file: ts.SourceFile,
  process: ProcessObject,
  checker: ts.TypeChecker,
): readonly (Problem & { readonly node: ts.Node })[] {
  const found: (Problem & { readonly node: ts.Node })[] = [];
  walk(file, (node) => {
    const problem = problemAt(node, process, checker) ?? problemOfOperands(node, process);
    if (problem) found.push({ node, ...problem });
  });
  return found;
}

function problemAt(node: ts.Node, process: ProcessObject, checker: ts.TypeChecker): Problem | undefined {
  if (!isAccess(node) && !(ts.isIdentifier(node) && isReference(node))) return undefined;
  const member = process.memberAt(node, guarded);
  if (member === undefined || !guarded.has(member) || isHarmless(node)) return undefined;
  if (member === 'exitCode') return isWritten(node) ? exitCode : undefined;
  if (!registrations.has(member)) return controls.get(member);
  const [name] = callOf(node)?.arguments ?? [];
  const event = name && stringsOf(name, checker).find(isMasked);
  return event === undefined ? undefined : handlerOf(event);
}

/** Returns whether an identifier stands for a value, rather than naming something or being part of a type. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  const isName = 'name' in parent && parent.name === node;
  return !isName && !ts.isImportSpecifier(parent) && !ts.isExportSpecifier(parent);
}

/** Returns whether the use is harmless, because it only reads the type or gives another name. */
function isHarmless(node: ts.Expression): boolean {
  const { parent } = wrapped(node);
  if (ts.isTypeOfExpression(parent)) return true;
  const isBind = ts.isPropertyAccessExpression(parent) && parent.name.text === 'bind';
  const bound = isBind ? callOf(parent) : undefined;
  return isTransparentAlias(bound ? wrapped(bound).parent : parent);
}

/**
 * Returns the problem of code that combines `process` with one of those names: `once(process, 'uncaughtException')`,
 * `on.apply(process, ['uncaughtException', f])`, `({ exit } = process)`.
 */
function problemOfOperands(node: ts.Node, process: ProcessObject): Problem | undefined {
  const { names, values } = operandsOf(node);
  const name = names.find((name) => controls.has(name) || isMasked(name));
  if (name === undefined || !values.some((value) => process.is(value))) return undefined;
  return controls.get(name) ?? handlerOf(name);
}

function operandsOf(node: ts.Node): { names: string[]; values: readonly ts.Expression[] } {
  if (ts.isBinaryExpression(node) && ts.isObjectLiteralExpression(node.left))
    return { names: namesIn(node.left.properties), values: [node.right] };
  const values = ts.isCallExpression(node) ? node.arguments.map(bare) : [];
  const names = values
    .flatMap((value) => (ts.isArrayLiteralExpression(value) ? value.elements : [value]))
    .flatMap((value) => (ts.isStringLiteralLike(value) ? [value.text] : []));
  return { names, values };
}
