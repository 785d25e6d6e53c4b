import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { isPluginFunction } from './liveswap-package.js';
import { valueUses } from './uses.js';
import { wrapped } from './syntax.js';

/** Keys of functions that liveswap runs once in each thread of a version, outside calls. */
const hooks = /^(reloadable|exports|http|onLoad|onInit|onActive|onYield|onFree)$/;

/**
 * Returns whether the function in `value` is a hook of the plugin, or opens, closes or creates a value that the version holds.
 */
export function isRunByLiveswap(analysis: Analysis, value: ts.Expression): boolean {
  const { parent } = wrapped(value);
  if (ts.isCallExpression(parent)) return isHolding(analysis, parent);
  const isProperty = ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent);
  return isProperty && isHook(analysis, parent);
}

/** Returns whether a member of an object literal is a hook of a plugin's definition. */
export function isHook(analysis: Analysis, member: ts.ObjectLiteralElementLike): boolean {
  return (
    member.name !== undefined &&
    hooks.test(member.name.getText()) &&
    ts.isObjectLiteralExpression(member.parent) &&
    isDefinition(analysis, member.parent, 0)
  );
}

/** Returns whether an object literal is the argument of `definePlugin`, directly or through a name, or a part of it. */
function isDefinition(analysis: Analysis, literal: ts.Expression, depth: number): boolean {
  const { parent } = wrapped(literal);
  if (depth > 3) return false;
  if (ts.isCallExpression(parent)) {
    return isPluginFunction(parent.expression, 'definePlugin', analysis.plugin.project);
  }
  if (ts.isSpreadAssignment(parent)) return isDefinition(analysis, parent.parent, depth + 1);
  return (
    ts.isVariableDeclaration(parent) &&
    valueUses(analysis, parent).some((use) => isDefinition(analysis, use, depth + 1))
  );
}

function isHolding(analysis: Analysis, { expression }: ts.CallExpression): boolean {
  const { project } = analysis.plugin;
  return isPluginFunction(expression, 'resource', project) || isPluginFunction(expression, 'kept', project);
}
