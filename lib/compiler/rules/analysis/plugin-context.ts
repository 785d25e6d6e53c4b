import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { functionsBehind } from './functions.js';
import { partOfFile } from './liveswap-package.js';
import { valueUses } from './uses.js';
import { bare, callOf, isFunctionNode, walk, type FunctionNode } from './syntax.js';

/** Returns the given functions and, transitively, those that they name: everything that can run when they run. */
export function reachedFrom(analysis: Analysis, roots: readonly FunctionNode[]): Set<FunctionNode> {
  const reached = new Set<FunctionNode>();
  const queue = [...roots];
  for (let fn = queue.pop(); fn; fn = queue.pop()) {
    if (reached.has(fn)) continue;
    reached.add(fn);
    queue.push(...namedIn(analysis, fn));
  }
  return reached;
}

/** Returns every use of the export `name` of `liveswap/plugin`. */
export function pluginApiUses(analysis: Analysis, name: string): ts.Expression[] {
  return [...analysis.references.external()]
    .filter(([declaration]) => isPluginApi(analysis, declaration, name))
    .flatMap(([declaration]) => valueUses(analysis, declaration));
}

function isPluginApi(analysis: Analysis, declaration: ts.Node, name: string): boolean {
  const text = ts.getNameOfDeclaration(declaration as ts.Declaration)?.getText();
  return (
    text === name && partOfFile(declaration.getSourceFile().fileName, analysis.plugin.project) === 'plugin'
  );
}

/** Returns the functions that act as a hook of `definePlugin`. */
export function hooksNamed(analysis: Analysis, name: string): FunctionNode[] {
  return pluginApiUses(analysis, 'definePlugin')
    .flatMap((use) => callOf(use)?.arguments?.[0] ?? [])
    .flatMap((definition) => membersOf(analysis, definition))
    .filter((member) => member.name?.getText() === name)
    .flatMap((member) => functionsOfMember(analysis, member));
}

function membersOf(analysis: Analysis, definition: ts.Expression): ts.ObjectLiteralElementLike[] {
  const node = bare(definition);
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.flatMap((member) =>
      ts.isSpreadAssignment(member) ? membersOf(analysis, member.expression) : [member],
    );
  }
  return analysis.references
    .declarationsOf(node)
    .flatMap((declaration) =>
      ts.isVariableDeclaration(declaration) && declaration.initializer
        ? membersOf(analysis, declaration.initializer)
        : [],
    );
}

function functionsOfMember(analysis: Analysis, member: ts.ObjectLiteralElementLike): FunctionNode[] {
  if (isFunctionNode(member)) return [member];
  if (ts.isPropertyAssignment(member)) return functionsBehind(analysis, member.initializer);
  return ts.isShorthandPropertyAssignment(member) ? functionsBehind(analysis, member.name) : [];
}

function namedIn(analysis: Analysis, fn: FunctionNode): FunctionNode[] {
  const found: FunctionNode[] = [];
  if (!fn.body) return found;
  walk(fn.body, (node) => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) {
      for (const declaration of analysis.references.declarationsOf(node)) {
        if (isFunctionNode(declaration)) found.push(declaration);
      }
      const value =
        ts.isPropertyAccessExpression(node.parent) && node.parent.name === node ? node.parent : node;
      if (ts.isExpression(value)) found.push(...functionsBehind(analysis, value));
    }
  });
  return found;
}
