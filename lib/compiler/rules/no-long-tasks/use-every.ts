import { ts } from 'ts-morph';
import type { TextEdit } from '../../rule.js';
import type { Analysis } from '../analysis/analysis.js';
import { functionsBehind } from '../analysis/functions.js';
import { platformCallee } from '../analysis/origin.js';
import { hooksNamed, reachedFrom } from '../analysis/plugin-context.js';
import { openResources } from '../analysis/resources.js';
import { enclosingFunction, walk } from '../analysis/syntax.js';
import { addImport } from '../fixes/add-import.js';
import type { Start } from './starts.js';

/**
 * Replaces an interval by `every`, if that is safe: a module or hook begins it, nothing holds it, and it does not maintain
 * something that each thread has for itself.
 */
export function useEvery(analysis: Analysis, { work, call }: Start): readonly TextEdit[] | undefined {
  if (work !== 'interval' || !ts.isExpressionStatement(call.parent) || !isBegunOnce(analysis, call))
    return undefined;
  const [run, ms, ...more] = call.arguments ?? [];
  if (!run || !ms || more.length > 0 || !isCallOfIt(analysis, call.expression)) return undefined;
  if (!isDelay(analysis, ms) || hasThis(run) || isAboutItsThread(analysis, run)) return undefined;
  const imported = addImport(call.getSourceFile(), 'every');
  if (!imported) return undefined;
  const file = call.getSourceFile().fileName;
  const text = `every(${ms.getText()}, ${run.getText()})`;
  return [...imported, { file, start: call.getStart(), end: call.getEnd(), text }];
}

function isCallOfIt(analysis: Analysis, callee: ts.Expression): boolean {
  return /^(timers\.)?setInterval$/.test(platformCallee(analysis, callee) ?? '');
}

/** Returns whether a statement runs once in each thread, at the top of a module or hook. */
function isBegunOnce(analysis: Analysis, call: ts.Node): boolean {
  const around = enclosingFunction(call);
  const block = call.parent.parent;
  if (!around) return ts.isSourceFile(block);
  const hooks = ['onLoad', 'onInit', 'onActive'].flatMap((name) => hooksNamed(analysis, name));
  return block.parent === around && hooks.some((hook) => hook === around);
}

function isDelay(analysis: Analysis, ms: ts.Expression): boolean {
  const type = analysis.checker.getTypeAtLocation(ms);
  if (type.isNumberLiteral()) return type.value > 0;
  return (type.flags & ts.TypeFlags.NumberLike) !== 0;
}

// Returns whether a callback uses `this`, which is the interval there.
function hasThis(run: ts.Expression): boolean {
  let isFound = false;
  walk(run, (node) => {
    if (node.kind === ts.SyntaxKind.ThisKeyword) isFound = true;
    return !isFound;
  });
  return isFound;
}

/**
 * Returns whether the function maintains a resource that nothing closes, such as a cache, because `every` runs in one thread
 * only.
 */
function isAboutItsThread(analysis: Analysis, run: ts.Expression): boolean {
  const caches = new Set(openResources(analysis));
  const code = [run, ...reachedFrom(analysis, functionsBehind(analysis, run))];
  return code.some((node) => namesOneOf(analysis, node, caches));
}

function namesOneOf(analysis: Analysis, code: ts.Node, constants: ReadonlySet<ts.Node>): boolean {
  let isFound = false;
  walk(code, (node) => {
    if (ts.isIdentifier(node))
      isFound ||= analysis.references.declarationsOf(node).some((one) => constants.has(one));
    return !isFound;
  });
  return isFound;
}
